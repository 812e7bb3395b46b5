// Attention of one sequence, for one instruction set: two products per head by the same tiles as the linear layers, a block of
// rows of scores at a time.

static void attention_f32(size_t length, size_t heads, size_t head_size, float scale, const float *q, const float *k, const float *v, size_t ld,
                          float *out, size_t ldo, float *scratch) {
    float *keys = scratch, *values = keys + ck_packed_count_f32(length, head_size);
    float *scores = values + ck_packed_count_f32(head_size, length);
    const size_t padded = (length + CK_LINE / sizeof(float) - 1) / (CK_LINE / sizeof(float)) * (CK_LINE / sizeof(float));
    for (size_t h = 0; h < heads; h++) {
        const size_t column = h * head_size;
        ck_pack_f32(length, head_size, k + column, ld, 1, keys);
        ck_pack_f32(head_size, length, v + column, ld, 0, values);
        for (size_t row = 0; row < length; row += CK_ATTENTION_ROWS) {
            const size_t rows = length - row < CK_ATTENTION_ROWS ? length - row : CK_ATTENTION_ROWS;
            // All panels in full: the columns beyond `length` come out as zeros and are not looked at.
            gemm_f32(rows, padded, head_size, q + row * ld + column, ld, keys, NULL, CK_IDENTITY, scores, padded);
            softmax_rows_f32(rows, length, scale, scores, padded);
            gemm_f32(rows, head_size, length, scores, padded, values, NULL, CK_IDENTITY, out + row * ldo + column, ldo);
        }
    }
}
