// All kernels for one instruction set. A variant_*.c file sets VECTOR_BYTES, FMA(a, b, c) = a * b + c, SHORT_TILES, TABLE, and the target attribute.

#include "kernels.h"

#include "template_rows.h"

static void activate_f64(ck_activation activation, size_t n, double *x) {
    // Only float products have an activation.
    (void)activation, (void)n, (void)x;
}

#define REAL float
#define ID(name) name##_f32
#include "template_gemm.h"
#undef REAL
#undef ID

#define REAL double
#define ID(name) name##_f64
#include "template_gemm.h"
#undef REAL
#undef ID

#include "template_lines.h"

#include "template_attention.h"

const struct ck_table TABLE = {
    gemm_f32, gemm_f64, dot_f64, add_scaled_f64, rotate_f64, dot_f32, activate_f32,
    exp_f32, softmax_rows_f32, add_layernorm_f32, adam_f32, attention_f32,
};
