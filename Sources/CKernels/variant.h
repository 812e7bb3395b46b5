// All kernels for one instruction set. A variant_*.c file sets VECTOR_BYTES, FMA(a, b, c) = a * b + c, SHORT_TILES, TABLE, BF16_TABLE, S8_TABLE, and the
// target attribute.

#include "kernels.h"

#include "template_floats.h"

#include "template_rows.h"

#define REAL float
#define GROUP float
#define MULTIPLY_ADD FMA
#define FINISH(activation, rows, columns, c, ldc, i, j, context) activate_rows_f32(activation, rows, columns, c, ldc)
#define ID(name) name##_f32
#include "template_gemm.h"

// Only float products have an activation.
#define REAL double
#define GROUP double
#define MULTIPLY_ADD FMA
#define FINISH(activation, rows, columns, c, ldc, i, j, context) (void)(activation)
#define ID(name) name##_f64
#include "template_gemm.h"

static void gemm_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias, ck_activation activation,
                     int adds, float *c, size_t ldc) {
    product_f32(m, n, k, a, lda, packed, bias, activation, adds, c, ldc, NULL);
}

static void gemm_f64(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, const double *bias,
                     ck_activation activation, int adds, double *c, size_t ldc) {
    product_f64(m, n, k, a, lda, packed, bias, activation, adds, c, ldc, NULL);
}

#include "template_lines.h"

#include "template_attention.h"

#include "template_backward.h"

const struct ck_table TABLE = {
    gemm_f32, gemm_f64, dot_f64, add_scaled_f64, rotate_f64, dot_f32, activate_f32,
    exp_f32, softmax_rows_f32, add_layernorm_f32, adam_f32, attention_f32,
    activation_back_f32, layernorm_back_f32, attention_back_f32,
};

#include "template_bf16.h"

#include "template_s8.h"
