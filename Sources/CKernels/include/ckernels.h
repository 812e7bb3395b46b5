#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>

/// Floats needed to hold a k x n matrix packed for `ck_gemm_f32`.
size_t ck_packed_count_f32(size_t n, size_t k);

/// Packs the right-hand matrix of a product. `transposed` 0: b is k x n, element (p, j) at b[p * ldb + j]; 1: b is n x k (rows are
/// outputs, as in a linear layer's weight), element (p, j) at b[j * ldb + p].
void ck_pack_f32(size_t n, size_t k, const float *b, size_t ldb, int transposed, float *packed);

/// c (m x n, row stride ldc) = a (m x k, row stride lda) * packed b, plus bias (n values, or NULL).
/// Each row of c depends on its row of a only, to the bit, however the rows are split over calls.
void ck_gemm_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias, float *c, size_t ldc);

#endif
