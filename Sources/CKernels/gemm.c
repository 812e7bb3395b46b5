#include "ckernels.h"

size_t ck_packed_count_f32(size_t n, size_t k) { return n * k; }

void ck_pack_f32(size_t n, size_t k, const float *b, size_t ldb, int transposed, float *packed) {
    for (size_t p = 0; p < k; p++)
        for (size_t j = 0; j < n; j++) packed[p * n + j] = transposed ? b[j * ldb + p] : b[p * ldb + j];
}

void ck_gemm_f32(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed, const float *bias, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) c[i * ldc + j] = bias ? bias[j] : 0;
        for (size_t p = 0; p < k; p++)
            for (size_t j = 0; j < n; j++) c[i * ldc + j] += a[i * lda + p] * packed[p * n + j];
    }
}
