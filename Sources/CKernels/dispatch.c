#include "kernels.h"

#include <stdatomic.h>

static const struct ck_table *table_of(ck_level level) {
    switch (level) {
    case CK_PLAIN:
        return &ck_table_plain;
#if defined(__x86_64__)
    case CK_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_table_avx2 : NULL;
    case CK_AVX512:
    case CK_AVX512_VNNI:
    case CK_AVX512_BF16:
        if (level >= CK_AVX512_VNNI && !__builtin_cpu_supports("avx512vnni")) return NULL;
        if (level >= CK_AVX512_BF16 && !__builtin_cpu_supports("avx512bf16")) return NULL;
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")
                   ? &ck_table_avx512
                   : NULL;
#elif defined(__aarch64__)
    case CK_NEON:
        return &ck_table_neon;
#endif
    default:
        return NULL;
    }
}

// For a level that this processor supports. Levels that add nothing to a precision share the table of the one below.
static const struct ck_low_table *low_table_of(ck_precision precision, ck_level level) {
    const int pairs = precision == CK_BF16;
    switch (level) {
#if defined(__x86_64__)
    case CK_AVX2: return pairs ? &ck_bf16_avx2 : &ck_s8_avx2;
    case CK_AVX512: return pairs ? &ck_bf16_avx512 : &ck_s8_avx512;
    case CK_AVX512_VNNI: return pairs ? &ck_bf16_avx512 : &ck_s8_avx512_vnni;
    case CK_AVX512_BF16: return pairs ? &ck_bf16_avx512_bf16 : &ck_s8_avx512_vnni;
#elif defined(__aarch64__)
    case CK_NEON: return pairs ? &ck_bf16_neon : &ck_s8_neon;
#endif
    default: return pairs ? &ck_bf16_plain : &ck_s8_plain;
    }
}

// The first level to try. Intel's processors have VDPBF16PS too, but begin one in two cycles, and two multiply-adds of floats in each: 87 against
// 170 GFLOP/s on an Emerald Rapids.
static ck_level preferred(void) {
#if defined(__x86_64__)
    return __builtin_cpu_is("intel") ? CK_AVX512_VNNI : CK_AVX512_BF16;
#else
    return CK_AVX512_BF16;
#endif
}

// -1 until first asked. Two threads may both find the best level at once; they find the same.
static atomic_int best = -1;

// What `ck_force` chose for this thread; -1 if nothing.
static _Thread_local int forced = -1;

ck_level ck_current_level(void) {
    if (forced >= 0) return (ck_level)forced;
    int level = atomic_load_explicit(&best, memory_order_relaxed);
    if (level < 0) {
        level = (int)preferred();
        while (level > CK_PLAIN && !table_of((ck_level)level)) level--;
        atomic_store_explicit(&best, level, memory_order_relaxed);
    }
    return (ck_level)level;
}

int ck_supports(ck_level level) { return table_of(level) != NULL; }

int ck_force(ck_level level) {
    if (!ck_supports(level)) return 0;
    forced = (int)level;
    return 1;
}

static const struct ck_table *current(void) { return table_of(ck_current_level()); }

void ck_gemm_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias, float *c, size_t ldc) {
    current()->gemm_f32(m, n, k, a, lda, packed, bias, CK_IDENTITY, 0, c, ldc);
}

void ck_gemm_activation_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias,
                            ck_activation activation, float *c, size_t ldc) {
    current()->gemm_f32(m, n, k, a, lda, packed, bias, activation, 0, c, ldc);
}

size_t ck_left_bytes_low(ck_precision precision, size_t m, size_t k) { return m * low_table_of(precision, ck_current_level())->left_row(k); }

void ck_left_low(ck_precision precision, size_t m, size_t k, const float *a, size_t lda, void *left) {
    low_table_of(precision, ck_current_level())->left(m, k, a, lda, left);
}

void ck_gemm_low(ck_precision precision, size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end,
                 const float *bias, ck_activation activation, float *c, size_t ldc) {
    low_table_of(precision, ck_current_level())->gemm(m, n, k, left, packed, first, end, bias, activation, c, ldc);
}

void ck_gemm_f64(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, const double *bias, double *c, size_t ldc) {
    current()->gemm_f64(m, n, k, a, lda, packed, bias, CK_IDENTITY, 0, c, ldc);
}

void ck_gemm_add_f64(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, double *c, size_t ldc) {
    current()->gemm_f64(m, n, k, a, lda, packed, NULL, CK_IDENTITY, 1, c, ldc);
}

double ck_dot_f64(size_t n, const double *a, const double *b) { return current()->dot_f64(n, a, b); }

void ck_add_scaled_f64(size_t n, double scale, const double *x, double *y) { current()->add_scaled_f64(n, scale, x, y); }

void ck_rotate_f64(size_t n, double cosine, double sine, double *x, double *y) { current()->rotate_f64(n, cosine, sine, x, y); }

float ck_dot_f32(size_t n, const float *a, const float *b) { return current()->dot_f32(n, a, b); }

void ck_activate_f32(ck_activation activation, size_t n, float *x) { current()->activate_f32(activation, n, x); }

void ck_exp_f32(size_t n, float *x) { current()->exp_f32(n, x); }

void ck_softmax_rows_f32(size_t rows, size_t n, float scale, float *x, size_t ldx) {
    current()->softmax_rows_f32(rows, n, scale, x, ldx);
}

void ck_add_layernorm_f32(size_t rows, size_t n, const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                          const float *beta, float eps, float *out, size_t ldo) {
    current()->add_layernorm_f32(rows, n, x, ldx, residual, ldr, gamma, beta, eps, out, ldo);
}

void ck_adam_f32(size_t n, const ck_adam *step, float *p, const float *gradient, float *m, float *s) {
    current()->adam_f32(n, step, p, gradient, m, s);
}

void ck_attention_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                      float *out, size_t ldo, float *scratch) {
    current()->attention_f32(length, heads, head_size, scale, q, k, v, ld, out, ldo, scratch);
}

void ck_attention_bf16(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                       float *out, size_t ldo, float *scratch) {
    low_table_of(CK_BF16, ck_current_level())->attention(length, heads, head_size, scale, q, k, v, ld, out, ldo, scratch);
}

void ck_activation_back_f32(ck_activation activation, size_t n, const float *x, const float *g, float *out) {
    current()->activation_back_f32(activation, n, x, g, out);
}

void ck_layernorm_back_f32(size_t rows, size_t n, const float *x, const float *g, const float *gamma, float eps, float *out,
                           float *gamma_gradient, float *beta_gradient) {
    current()->layernorm_back_f32(rows, n, x, g, gamma, eps, out, gamma_gradient, beta_gradient);
}

void ck_attention_back_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v,
                           size_t ld, const float *g, size_t ldg, float *dq, float *dk, float *dv, float *scratch) {
    current()->attention_back_f32(length, heads, head_size, scale, q, k, v, ld, g, ldg, dq, dk, dv, scratch);
}
