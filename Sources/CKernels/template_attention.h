// Attention of one sequence, for one instruction set: two products per head by the same tiles as the linear layers, a block of
// rows of scores at a time.

// `softmax` is given rows of whole vectors.
INLINE void attend(void (*softmax)(size_t rows, size_t n, float scale, float *x, size_t ldx), size_t length, size_t heads, size_t head_size, float scale,
                   const float *q, const float *k, const float *v, size_t ld, float *out, size_t ldo, float *scratch) {
    float *keys = scratch, *values = keys + ck_packed_count_f32(length, head_size);
    float *mask = values + ck_packed_count_f32(head_size, length);
    const size_t padded = ck_whole_panels(length);
    float *scores = mask + padded;
    // Scores are computed for panels in full, so that neither products nor rows have a rest to treat. Columns beyond `length` take no part:
    // their bias of minus infinity leaves them nothing in the softmax, and the second product does not read them.
    for (size_t j = 0; j < padded; j++) mask[j] = j < length ? 0 : -__builtin_inff();
    for (size_t h = 0; h < heads; h++) {
        const size_t column = h * head_size;
        ck_pack_f32(length, head_size, k + column, ld, 1, keys);
        ck_pack_f32(head_size, length, v + column, ld, 0, values);
        for (size_t row = 0; row < length; row += CK_ATTENTION_ROWS) {
            const size_t rows = length - row < CK_ATTENTION_ROWS ? length - row : CK_ATTENTION_ROWS;
            gemm_f32(rows, padded, head_size, q + row * ld + column, ld, keys, mask, CK_IDENTITY, 0, scores, padded);
            softmax(rows, padded, scale, scores, padded);
            gemm_f32(rows, head_size, length, scores, padded, values, NULL, CK_IDENTITY, 0, out + row * ldo + column, ldo);
        }
    }
}

static void attention_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                          float *out, size_t ldo, float *scratch) {
    attend(softmax_rows_f32, length, heads, head_size, scale, q, k, v, ld, out, ldo, scratch);
}
