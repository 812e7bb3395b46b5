#ifndef CK_KERNELS_H
#define CK_KERNELS_H

#include "ckernels.h"

// Bytes of one line of a packed panel, the same for every instruction set, so that a matrix packed once can be used by all.
#define CK_LINE 64
_Static_assert(CK_PANEL == CK_LINE / sizeof(float), "a line of a packed panel holds the panel's columns");

// Columns of floats that fill whole panels, so many that n fit.
static inline size_t ck_whole_panels(size_t n) { return (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL; }

// Rows of attention scores computed at a time: a multiple of every tile height; bounds the scratch of long texts.
#define CK_ATTENTION_ROWS 48

// The functions that exist once per instruction set.
struct ck_table {
    void (*gemm_f32)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias,
                     ck_activation activation, int adds, float *c, size_t ldc);
    void (*gemm_f64)(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, const double *bias,
                     ck_activation activation, int adds, double *c, size_t ldc);
    double (*dot_f64)(size_t n, const double *a, const double *b);
    void (*add_scaled_f64)(size_t n, double scale, const double *x, double *y);
    void (*rotate_f64)(size_t n, double cosine, double sine, double *x, double *y);
    float (*dot_f32)(size_t n, const float *a, const float *b);
    void (*activate_f32)(ck_activation activation, size_t n, float *x);
    void (*exp_f32)(size_t n, float *x);
    void (*softmax_rows_f32)(size_t rows, size_t n, float scale, float *x, size_t ldx);
    void (*add_layernorm_f32)(size_t rows, size_t n, const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                              const float *beta, float eps, float *out, size_t ldo);
    void (*adam_f32)(size_t n, const ck_adam *step, float *p, const float *gradient, float *m, float *s);
    void (*attention_f32)(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v,
                          size_t ld, float *out, size_t ldo, float *scratch);
    void (*activation_back_f32)(ck_activation activation, size_t n, const float *x, const float *g, float *out);
    void (*layernorm_back_f32)(size_t rows, size_t n, const float *x, const float *g, const float *gamma, float eps, float *out,
                               float *gamma_gradient, float *beta_gradient);
    void (*attention_back_f32)(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v,
                               size_t ld, const float *g, size_t ldg, float *dq, float *dk, float *dv, float *scratch);
};

// What there is once per instruction set and precision below float.
struct ck_low_table {
    // Bytes of a left row of k elements.
    size_t (*left_row)(size_t k);
    void (*left)(size_t m, size_t k, const float *a, size_t lda, void *left);
    void (*gemm)(size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end, const float *bias,
                 ck_activation activation, float *c, size_t ldc);
    // Of bfloat16 alone.
    void (*attention)(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                      float *out, size_t ldo, float *scratch);
};

extern const struct ck_table ck_table_plain;
extern const struct ck_low_table ck_bf16_plain, ck_s8_plain;
#if defined(__x86_64__)
extern const struct ck_table ck_table_avx2, ck_table_avx512;
extern const struct ck_low_table ck_bf16_avx2, ck_bf16_avx512, ck_bf16_avx512_bf16, ck_s8_avx2, ck_s8_avx512, ck_s8_avx512_vnni;
#elif defined(__aarch64__)
extern const struct ck_table ck_table_neon;
extern const struct ck_low_table ck_bf16_neon, ck_s8_neon;
#endif

#endif
