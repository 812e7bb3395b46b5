#include "kernels.h"

#define REAL float
#define ID(name) name##_f32
#include "template_pack.h"
#undef REAL
#undef ID

#define REAL double
#define ID(name) name##_f64
#include "template_pack.h"

// Four rows at a time, 4 x 4 elements at a time: a cache line of the result is then written by four turns that follow each other.
void ck_transpose_f32(size_t rows, size_t columns, const float *from, size_t ldf, float *to, size_t ldt) {
    typedef four_f32 four;
    typedef loose_four_f32 loose_four;
    size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const float *lines = from + i * ldf;
        size_t j = 0;
        for (; j + 4 <= columns; j += 4) {
            const four r0 = *(const loose_four *)(lines + j), r1 = *(const loose_four *)(lines + ldf + j);
            const four r2 = *(const loose_four *)(lines + 2 * ldf + j), r3 = *(const loose_four *)(lines + 3 * ldf + j);
            const four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
            const four low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
            float *target = to + j * ldt + i;
            *(loose_four *)target = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
            *(loose_four *)(target + ldt) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
            *(loose_four *)(target + 2 * ldt) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
            *(loose_four *)(target + 3 * ldt) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
        }
        for (; j < columns; j++)
            for (size_t row = 0; row < 4; row++) to[j * ldt + i + row] = lines[row * ldf + j];
    }
    for (; i < rows; i++)
        for (size_t j = 0; j < columns; j++) to[j * ldt + i] = from[i * ldf + j];
}

// Packed keys and values of one head, the mask, and a block of score rows.
size_t ck_attention_scratch_f32(size_t length, size_t head_size) {
    const size_t width = CK_LINE / sizeof(float);
    const size_t keys = ck_packed_count_f32(length, head_size), values = ck_packed_count_f32(head_size, length);
    const size_t padded = (length + width - 1) / width * width;
    return keys + values + padded + CK_ATTENTION_ROWS * padded;
}

// Two packed matrices of one head, the mask, scores and their gradients, and one of them turned.
size_t ck_attention_back_scratch_f32(size_t length, size_t head_size) {
    const size_t width = CK_LINE / sizeof(float);
    const size_t wide = ck_packed_count_f32(length, head_size), narrow = ck_packed_count_f32(head_size, length);
    const size_t padded = (length + width - 1) / width * width;
    return wide + narrow + padded + 2 * length * padded + length * length;
}
