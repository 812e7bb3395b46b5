// Packing for one element type, REAL, with names ID(name). A packed matrix is a row of panels. A panel holds one cache line's worth of columns
// (16 floats, 8 doubles): k lines, line p the panel's columns of row p. The last panel is filled up with zeros.

#define WIDTH (CK_LINE / sizeof(REAL))

typedef REAL ID(four) __attribute__((ext_vector_type(4)));
typedef ID(four) ID(loose_four) __attribute__((aligned(sizeof(REAL)), may_alias));

// Four rows of b become four columns of a panel, 4 x 4 elements at a time: attention packs keys for every head of every text, where single stores
// would be a tenth of its time. Of the rows only the first `count` exist.
static inline __attribute__((always_inline)) void ID(pack_columns)(size_t count, size_t k, const REAL *b, size_t ldb, REAL *panel) {
    const ID(four) none = (ID(four))0;
    size_t p = 0;
    for (; p + 4 <= k; p += 4) {
        const ID(four) r0 = *(const ID(loose_four) *)(b + p);
        const ID(four) r1 = count > 1 ? *(const ID(loose_four) *)(b + ldb + p) : none;
        const ID(four) r2 = count > 2 ? *(const ID(loose_four) *)(b + 2 * ldb + p) : none;
        const ID(four) r3 = count > 3 ? *(const ID(loose_four) *)(b + 3 * ldb + p) : none;
        const ID(four) low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
        const ID(four) low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
        *(ID(loose_four) *)(panel + p * WIDTH) = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
        *(ID(loose_four) *)(panel + (p + 1) * WIDTH) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
        *(ID(loose_four) *)(panel + (p + 2) * WIDTH) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
        *(ID(loose_four) *)(panel + (p + 3) * WIDTH) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
    for (; p < k; p++)
        for (size_t j = 0; j < 4; j++) panel[p * WIDTH + j] = j < count ? b[j * ldb + p] : 0;
}

size_t ID(ck_packed_count)(size_t n, size_t k) { return (n + WIDTH - 1) / WIDTH * WIDTH * k; }

void ID(ck_pack)(size_t n, size_t k, const REAL *b, size_t ldb, int transposed, REAL *packed) {
    for (size_t j0 = 0; j0 < n; j0 += WIDTH) {
        const size_t columns = n - j0 < WIDTH ? n - j0 : WIDTH;
        REAL *panel = packed + j0 * k;
        if (columns < WIDTH) __builtin_memset(panel, 0, WIDTH * k * sizeof(REAL));
        if (transposed) {
            for (size_t j = 0; j < columns; j += 4) {
                const REAL *rows = b + (j0 + j) * ldb;
                if (columns - j >= 4)
                    ID(pack_columns)(4, k, rows, ldb, panel + j);
                else
                    ID(pack_columns)(columns - j, k, rows, ldb, panel + j);
            }
        } else if (columns == WIDTH) {
            for (size_t p = 0; p < k; p++) __builtin_memcpy(panel + p * WIDTH, b + p * ldb + j0, CK_LINE);
        } else {
            for (size_t p = 0; p < k; p++)
                for (size_t j = 0; j < columns; j++) panel[p * WIDTH + j] = b[p * ldb + j0 + j];
        }
    }
}

#undef WIDTH
