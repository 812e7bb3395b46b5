// Products of bytes and of bfloat16 by the instructions made for them (VPDPBUSD and VDPBF16PS, from Cooper Lake and Zen 4 on); what else there is
// of this width is in variant_avx512.c.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512bf16,avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define VECTOR_BYTES 64
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define LOW_TABLE ck_low_avx512_bf16
#define DOT_BYTES(left, line, sum) (ints)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(left), (__m512i)(line))
#define DOT_PAIRS(left, line, sum) (floats)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(left), (__m512bh)(line))
#define ROUNDED_BF16(value) (words)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)(value)))
#include "kernels.h"
#include "template_floats.h"
#include "template_low.h"
#pragma clang attribute pop
#endif
