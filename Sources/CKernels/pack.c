#include "kernels.h"

// A packed matrix is a row of panels. A panel holds one cache line's worth of columns (16 floats, 8 doubles): k lines, line p the panel's
// columns of row p. The last panel is filled up with zeros.

#define PACK(NAME, COUNT, REAL)                                                                                                      \
    size_t COUNT(size_t n, size_t k) {                                                                                               \
        const size_t width = CK_LINE / sizeof(REAL);                                                                                 \
        return (n + width - 1) / width * width * k;                                                                                  \
    }                                                                                                                                \
    void NAME(size_t n, size_t k, const REAL *b, size_t ldb, int transposed, REAL *packed) {                                         \
        const size_t width = CK_LINE / sizeof(REAL);                                                                                 \
        for (size_t j0 = 0; j0 < n; j0 += width) {                                                                                   \
            const size_t columns = n - j0 < width ? n - j0 : width;                                                                  \
            REAL *panel = packed + j0 * k;                                                                                           \
            if (transposed) {                                                                                                        \
                for (size_t j = 0; j < columns; j++)                                                                                 \
                    for (size_t p = 0; p < k; p++) panel[p * width + j] = b[(j0 + j) * ldb + p];                                     \
            } else {                                                                                                                 \
                for (size_t p = 0; p < k; p++)                                                                                       \
                    for (size_t j = 0; j < columns; j++) panel[p * width + j] = b[p * ldb + j0 + j];                                 \
            }                                                                                                                        \
            for (size_t p = 0; p < k; p++)                                                                                           \
                for (size_t j = columns; j < width; j++) panel[p * width + j] = 0;                                                   \
        }                                                                                                                            \
    }

PACK(ck_pack_f32, ck_packed_count_f32, float)
PACK(ck_pack_f64, ck_packed_count_f64, double)

// Packed keys or values of one head (both forms fit), and a block of score rows.
size_t ck_attention_scratch_f32(size_t length, size_t head_size) {
    const size_t width = CK_LINE / sizeof(float);
    const size_t keys = ck_packed_count_f32(length, head_size), values = ck_packed_count_f32(head_size, length);
    const size_t padded = (length + width - 1) / width * width;
    return keys + values + CK_ATTENTION_ROWS * padded;
}
