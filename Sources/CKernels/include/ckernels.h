#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>

// The float products and row functions under tensors, k-means and the encoder. Each exists once per instruction set and is chosen
// when first called by what the processor can do; see template_gemm.h for how, and for why not a library.
//
// Any size from 0 up is allowed. Nothing outside the described elements is read or written. Matrices are row-major with a
// row stride in elements. No function allocates.

/// Instruction sets. The last two have, beyond AVX-512, instructions for products of bytes (VNNI) and of bfloat16, which `ck_gemm_low` uses; in all else
/// they are the same.
typedef enum ck_level {
    CK_PLAIN = 0,
    CK_NEON = 1,
    CK_AVX2 = 2,
    CK_AVX512 = 3,
    CK_AVX512_VNNI = 4,
    CK_AVX512_BF16 = 5
} ck_level;

/// What is applied to every element of a product after the bias. `CK_GELU` is x Phi(x) with the exact normal distribution function;
/// `CK_GELU_TANH` is the tanh approximation (Hendrycks and Gimpel 2016) that models call `gelu_new`.
typedef enum ck_activation { CK_IDENTITY = 0, CK_GELU = 1, CK_GELU_TANH = 2, CK_RELU = 3, CK_TANH = 4 } ck_activation;

/// The level the calling thread uses: the fastest this processor has, unless `ck_force` chose another.
ck_level ck_current_level(void);

/// Whether this processor can run `level`.
int ck_supports(ck_level level);

/// Uses `level` from now on in the calling thread alone; returns 0 and changes nothing if this processor cannot run it. For tests, and for finding out
/// whether a difference between two machines comes from here. Packed matrices stay valid, left rows of less precision do not.
int ck_force(ck_level level);

/// Columns of a packed float matrix, or one of less precision, that lie together. A range of columns that begins at a multiple of it can be multiplied by
/// itself: for `ck_gemm_f32` it begins `ck_packed_count_f32(first, k)` floats into the packed matrix, `ck_gemm_low` is given the range.
enum { CK_PANEL = 16 };

/// Floats needed to hold a k x n matrix packed for `ck_gemm_f32`.
size_t ck_packed_count_f32(size_t n, size_t k);

/// Packs the right-hand matrix of a product. `transposed` 0: b is k x n, element (p, j) at b[p * ldb + j]; 1: b is n x k (rows are
/// outputs, as in a linear layer's weight), element (p, j) at b[j * ldb + p]. Fastest products come from 64-byte aligned `packed`.
void ck_pack_f32(size_t n, size_t k, const float *b, size_t ldb, int transposed, float *packed);

/// c (m x n, row stride ldc) = a (m x k, row stride lda) * packed b, plus bias (n values, or NULL).
/// Each row of c depends on its row of a only, to the bit, however the rows are split over calls.
void ck_gemm_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias, float *c, size_t ldc);

/// As `ck_gemm_f32`, then `activation` of every element of c.
void ck_gemm_activation_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias,
                            ck_activation activation, float *c, size_t ldc);

/// Precisions below float in which a product's operands may be held. Sums are float or exact.
typedef enum ck_precision {
    /// bfloat16: a float's sign and exponent and 7 bits of its fraction, rounded to nearest.
    CK_BF16 = 0,
    /// 8-bit integers: each row of the left side in its own range with its own zero, each column of the right side symmetric; both sides mixed by an
    /// orthogonal matrix first, which changes no product but gives no value the whole range.
    CK_S8 = 1
} ck_precision;

/// The most elements of a row of `CK_S8`: a sum of their products does not overflow.
enum { CK_WIDEST_S8 = 32768 };

/// Bytes needed to hold an n x k matrix packed for `ck_gemm_low`.
size_t ck_packed_bytes_low(ck_precision precision, size_t n, size_t k);

/// Brings the right-hand matrix of a product to `precision` and packs it, 64-byte aligned: b is n x k, element (p, j) at b[j * ldb + p], every
/// element finite. For `CK_S8` k is at most `CK_WIDEST_S8`, here and below.
void ck_pack_low(ck_precision precision, size_t n, size_t k, const float *b, size_t ldb, void *packed);

/// Bytes that m rows of k elements take in `precision` at the calling thread's level: m times what one takes.
size_t ck_left_bytes_low(ck_precision precision, size_t m, size_t k);

/// Brings the left-hand rows of a product to `precision`, each by itself: a (m x k, row stride lda) to `left`, 4-byte aligned. With `CK_S8` a row that holds an
/// infinity or no number has no meaningful result.
void ck_left_low(ck_precision precision, size_t m, size_t k, const float *a, size_t lda, void *left);

/// As `ck_gemm_activation_f32` with both sides in `precision` and `CK_GELU` within 1.6e-4, for the columns `first` up to, not including, `end` of n; the rest
/// of c is left as it is. `first` is a multiple of `CK_PANEL`. Each row of c depends on its row of a only, and each column on its column of b, to the bit.
void ck_gemm_low(ck_precision precision, size_t m, size_t n, size_t k, const void *left, const void *packed, size_t first, size_t end,
                 const float *bias, ck_activation activation, float *c, size_t ldc);

/// to (columns x rows, row stride ldt) = the transpose of from (rows x columns, row stride ldf). They must not overlap.
void ck_transpose_f32(size_t rows, size_t columns, const float *from, size_t ldf, float *to, size_t ldt);

/// The same three for double precision.
size_t ck_packed_count_f64(size_t n, size_t k);
void ck_pack_f64(size_t n, size_t k, const double *b, size_t ldb, int transposed, double *packed);
void ck_gemm_f64(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, const double *bias, double *c, size_t ldc);

/// c += a * packed b, as `ck_gemm_f64` otherwise.
void ck_gemm_add_f64(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *packed, double *c, size_t ldc);

/// Sum of a[i] * b[i]; the order of the additions depends on n alone.
double ck_dot_f64(size_t n, const double *a, const double *b);

/// y[i] += scale * x[i].
void ck_add_scaled_f64(size_t n, double scale, const double *x, double *y);

/// x[i], y[i] = cosine * x[i] - sine * y[i], sine * x[i] + cosine * y[i].
void ck_rotate_f64(size_t n, double cosine, double sine, double *x, double *y);

/// Sum of a[i] * b[i].
float ck_dot_f32(size_t n, const float *a, const float *b);

/// x[i] = activation(x[i]). Largest error against exact arithmetic: GELU and its tanh form 4e-7 * max(1, |x|), tanh 3e-7.
void ck_activate_f32(ck_activation activation, size_t n, float *x);

/// x[i] = exp(x[i]), relative error below 2e-7 for x in [-87, 88]; 0 below, infinity from 88.8 on.
void ck_exp_f32(size_t n, float *x);

/// Each row of x (rows x n) becomes softmax(scale * row). A row of n = 0 stays empty.
void ck_softmax_rows_f32(size_t rows, size_t n, float scale, float *x, size_t ldx);

/// out = (v - mean(v)) / sqrt(var(v) + eps) * gamma + beta for each row, where v = x + residual (residual may be NULL) and var divides by n.
/// out may be x or residual.
void ck_add_layernorm_f32(size_t rows, size_t n, const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                          const float *beta, float eps, float *out, size_t ldo);

/// The numbers of a step of Adam (Kingma and Ba 2015): of AdamW where `shrink` is below 1 and `decay` 0.
typedef struct ck_adam {
    /// Multiplies the parameters first.
    float shrink;
    /// Share of the parameters added to their gradients.
    float decay;
    /// How slowly the means of gradients and of their squares move.
    float beta1, beta2;
    /// Size of the step, the first mean's correction in it; the square root of the second's.
    float size, root;
    /// Added to the root of the mean square.
    float eps;
} ck_adam;

/// For each of n parameters: p *= shrink, g = gradient + decay p, m += (1 - beta1) (g - m), s = beta2 s + (1 - beta2) g^2,
/// p -= size m / (sqrt(s) / root + eps).
void ck_adam_f32(size_t n, const ck_adam *step, float *p, const float *gradient, float *m, float *s);

/// Floats of scratch that `ck_attention_f32` needs for a sequence of `length` tokens.
size_t ck_attention_scratch_f32(size_t length, size_t head_size);

/// Softmax attention of one sequence: for each head h, out_h = softmax(scale * q_h k_h^T) v_h, scale above 0. q, k, v and out have `length` rows; q, k and v
/// share the row stride ld (one fused product computes all three), head h in columns h * head_size and on. Every token sees every other.
void ck_attention_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                      float *out, size_t ldo, float *scratch);

/// Floats of scratch that `ck_attention_bf16` needs for a sequence of `length` tokens.
size_t ck_attention_scratch_bf16(size_t length, size_t head_size);

/// As `ck_attention_f32` with the weights of the values within 2^-8 of themselves, and the operands of both products rounded to bfloat16 at
/// `CK_AVX512_BF16`.
void ck_attention_bf16(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                       float *out, size_t ldo, float *scratch);

/// out[i] = g[i] * the slope of `activation` at x[i], which is 0 for CK_RELU at 0. out may be g.
void ck_activation_back_f32(ck_activation activation, size_t n, const float *x, const float *g, float *out);

/// The way back through `ck_add_layernorm_f32` over rows without gaps: from x (x + residual there) and g, the gradient by its result, out = that by x;
/// what this adds to the gradients by gamma and beta is added to them. out may be g.
void ck_layernorm_back_f32(size_t rows, size_t n, const float *x, const float *g, const float *gamma, float eps, float *out,
                           float *gamma_gradient, float *beta_gradient);

/// Floats of scratch that `ck_attention_back_f32` needs for a sequence of `length` tokens.
size_t ck_attention_back_scratch_f32(size_t length, size_t head_size);

/// The way back through `ck_attention_f32`: from g, the gradient by its result (row stride ldg), the gradients dq, dk and dv by q, k and v, which have their
/// row stride ld.
void ck_attention_back_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v,
                           size_t ld, const float *g, size_t ldg, float *dq, float *dk, float *dv, float *scratch);

#endif
