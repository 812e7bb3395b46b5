// Products of bfloat16 by the instruction made for them (VDPBF16PS, from Cooper Lake and Zen 4 on); what else there is of this width is in
// variant_avx512.c.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define VECTOR_BYTES 64
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define BF16_TABLE ck_bf16_avx512_bf16
#define DOT_PAIRS(left, line, sum) (floats)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(left), (__m512bh)(line))
#define ROUNDED_BF16(value) (words)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)(value)))
#include "kernels.h"
#include "template_floats.h"
#include "template_bf16.h"
#pragma clang attribute pop
#endif
