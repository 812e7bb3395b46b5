// Products of bytes by the instruction made for them (VPDPBUSD, from Cascade Lake and Zen 4 on); what else there is of this width is in
// variant_avx512.c.
#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define VECTOR_BYTES 64
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define S8_TABLE ck_s8_avx512_vnni
#define DOT_BYTES(left, line, sum) (ints)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(left), (__m512i)(line))
#include "kernels.h"
#include "template_floats.h"
#include "template_s8.h"
#pragma clang attribute pop
#endif
