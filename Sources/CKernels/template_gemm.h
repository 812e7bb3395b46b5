// Matrix products for one element type and one instruction set. Included by variant.h and the templates of less precision with
//   REAL      the type of sums and results
//   GROUP     what the left and right matrices hold, as wide as REAL: a number, or several of less precision, whose products all go into one sum
//   MULTIPLY_ADD(left, line, sum)  the sum of vectors with the products of two vectors of groups added
//   FINISH(activation, rows, columns, c, ldc, i, j, context)  what is done to finished results, `rows` from row i on and `columns` from column j on
//   ID(name)  the name with the type's suffix
//
// Why own kernels. A model's weights are packed once, so a product needs no packing, no threads and no dispatch of its own, and the tile below
// comes near the processor's peak at any number of rows; libraries lose most of it at the small row counts of packed batches. Measured on one core of
// a Zen 5 (peak 271 GFLOP/s), N = 1536, K = 384, at M = 12 and M = 250: these tiles 250 and 258 (AVX2 128 and 130, plain 49); oneDNN 2.6
// 60 and 230; OpenBLAS 0.3.21, which does not know the processor, 129. A library would also bring OpenMP's threads next to our workers.
//
// Shape of the algorithm (Goto and van de Geijn 2008, without packing of the left side): rows in blocks that stay in the second-level cache,
// the inner dimension in blocks, panels of columns taken four at a time where registers allow, and for each the largest tile of rows. A tile keeps all its sums in
// registers. Every element of c is the same chain of fused multiply-adds in the order of p, whatever tile computed it: that is what makes
// results independent of how rows are split.

#define LANES (VECTOR_BYTES / sizeof(REAL))
#define WIDTH (CK_LINE / sizeof(REAL))
#define PER_PANEL (CK_LINE / VECTOR_BYTES)

// Tuned on Zen 5: 192 is a multiple of every tile height.
#define ROW_BLOCK 192
#define INNER_BLOCK 768

// The most vectors of sums, vectors side by side, and panels of any tile.
#define MAX_SUMS 24
#define MAX_ACROSS 4
#if VECTOR_BYTES == CK_LINE
#define MAX_PANELS 4
#else
#define MAX_PANELS 1
#endif

typedef REAL ID(vector) __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(REAL))));
typedef ID(vector) ID(unaligned) __attribute__((aligned(sizeof(REAL)), may_alias));
typedef GROUP ID(groups) __attribute__((ext_vector_type(VECTOR_BYTES / sizeof(REAL))));
typedef ID(groups) ID(loose_groups) __attribute__((aligned(sizeof(REAL)), may_alias));

static inline __attribute__((always_inline)) ID(vector) ID(load)(const REAL *from) { return *(const ID(unaligned) *)from; }
static inline __attribute__((always_inline)) void ID(store)(REAL *to, ID(vector) value) { *(ID(unaligned) *)to = value; }

// What the tiles of a group of panels fetch of the group that comes next while they work: each a part of one panel, spread over its own lines. All
// at once it would keep a tile's loads waiting, and the processor's own fetching begins anew at each panel and page. Products of 96 rows with weights
// that lie beyond the second-level cache take a sixth less time (Intel's Emerald Rapids).
struct ID(ahead) {
    // What the next tile begins with, and the bytes from there for each of its lines.
    const char *from;
    size_t step;
    const GROUP *panel;
    // Panels that are left, tiles that share one, and how many of those are still to come.
    size_t panels, sharers, remaining;
};

static inline struct ID(ahead) ID(ahead_of)(const GROUP *panel, size_t panels, size_t next_depth, size_t depth, size_t tiles) {
    if (panels == 0) return (struct ID(ahead)){(const char *)panel, 0, panel, 0, 0, 0};
    // A power of two, so that the steps meet every line. With fewer tiles than panels the last panels are not fetched.
    size_t sharers = 1;
    while (sharers < CK_LINE && 2 * sharers * panels <= tiles) sharers *= 2;
    return (struct ID(ahead)){(const char *)panel, next_depth * CK_LINE / (sharers * depth), panel, panels, sharers, sharers};
}

// After a tile of `depth` lines.
static inline void ID(advance)(struct ID(ahead) *ahead, size_t depth, size_t panel_stride) {
    if (ahead->panels == 0) return;
    ahead->from += ahead->step * depth;
    if (--ahead->remaining > 0) return;
    ahead->remaining = ahead->sharers;
    if (--ahead->panels > 0)
        ahead->panel += panel_stride;
    else
        ahead->step = 0;
    ahead->from = (const char *)ahead->panel;
}

// `rows` and `panels` are constants at every use, so that the loops unroll and the sums live in registers.
static inline __attribute__((always_inline)) void ID(tile)(const size_t rows, const size_t panels, size_t k, const GROUP *a, size_t lda, const GROUP *b,
                                                           size_t panel_stride, const REAL *bias, int continues, const char *ahead, size_t step, REAL *c,
                                                           size_t ldc) {
    ID(vector) sum[MAX_SUMS];
    const size_t across = panels * PER_PANEL;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < across; j++)
            sum[i * across + j] = continues ? ID(load)(c + i * ldc + j * LANES) : bias ? ID(load)(bias + j * LANES) : (ID(vector))0;
    }
    for (size_t p = 0; p < k; p++) {
        ID(groups) line[MAX_ACROSS];
        __builtin_prefetch(ahead + p * step, 0, 2);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < across; j++) 
            line[j] = *(const ID(loose_groups) *)(b + (j / PER_PANEL) * panel_stride + p * WIDTH + (j % PER_PANEL) * LANES);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i++) {
            const ID(groups) left = (ID(groups))a[i * lda + p];
#pragma clang loop unroll(full)
            for (size_t j = 0; j < across; j++) sum[i * across + j] = MULTIPLY_ADD(left, line[j], sum[i * across + j]);
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < across; j++) ID(store)(c + i * ldc + j * LANES, sum[i * across + j]);
    }
}

#define TILE(R, P)                                                                                                                      \
    static __attribute__((noinline)) void ID(tile_##R##x##P)(size_t k, const GROUP *a, size_t lda, const GROUP *b, size_t panel_stride, \
                                                             const REAL *bias, int continues, const char *ahead, size_t step, REAL *c,  \
                                                             size_t ldc) {                                                              \
        ID(tile)(R, P, k, a, lda, b, panel_stride, bias, continues, ahead, step, c, ldc);                                               \
    }

typedef void (*ID(tile_function))(size_t k, const GROUP *a, size_t lda, const GROUP *b, size_t panel_stride, const REAL *bias, int continues,
                                  const char *ahead, size_t step, REAL *c, size_t ldc);

struct ID(tile_choice) {
    size_t rows;
    ID(tile_function) run;
};

// Tile heights by number of panels, tallest first; the last of each list has one row. Heights are what the registers hold.
#if VECTOR_BYTES == CK_LINE
TILE(6, 4) TILE(5, 4) TILE(4, 4) TILE(3, 4) TILE(2, 4) TILE(1, 4)
TILE(8, 3) TILE(4, 3) TILE(2, 3) TILE(1, 3)
TILE(12, 2) TILE(6, 2) TILE(3, 2) TILE(1, 2)
TILE(16, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
#define CHOICE(R, P) {R, ID(tile_##R##x##P)}
static const struct ID(tile_choice) ID(choices)[MAX_PANELS][6] = {
    {CHOICE(16, 1), CHOICE(8, 1), CHOICE(4, 1), CHOICE(2, 1), CHOICE(1, 1)},
    {CHOICE(12, 2), CHOICE(6, 2), CHOICE(3, 2), CHOICE(1, 2)},
    {CHOICE(8, 3), CHOICE(4, 3), CHOICE(2, 3), CHOICE(1, 3)},
    {CHOICE(6, 4), CHOICE(5, 4), CHOICE(4, 4), CHOICE(3, 4), CHOICE(2, 4), CHOICE(1, 4)},
};
#else
#define CHOICE(R, P) {R, ID(tile_##R##x##P)}
#if SHORT_TILES
TILE(2, 1) TILE(1, 1)
static const struct ID(tile_choice) ID(choices)[MAX_PANELS][6] = {{CHOICE(2, 1), CHOICE(1, 1)}};
#else
TILE(6, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
static const struct ID(tile_choice) ID(choices)[MAX_PANELS][6] = {{CHOICE(6, 1), CHOICE(4, 1), CHOICE(2, 1), CHOICE(1, 1)}};
#endif
#endif

// Some columns of the last panel do not exist: the tile works on a copy that has them.
static void ID(edge)(const struct ID(tile_choice) *choice, size_t columns, size_t k, const GROUP *a, size_t lda, const GROUP *b, size_t panel_stride,
                     const REAL *bias, int continues, const struct ID(ahead) *ahead, REAL *c, size_t ldc) {
    REAL copy[MAX_SUMS * LANES], full_bias[MAX_PANELS * WIDTH];
    const size_t stride = (columns + WIDTH - 1) / WIDTH * WIDTH;
    for (size_t j = 0; j < stride; j++) full_bias[j] = bias && j < columns ? bias[j] : 0;
    if (continues) {
        __builtin_memset(copy, 0, sizeof copy);
        for (size_t i = 0; i < choice->rows; i++) __builtin_memcpy(copy + i * stride, c + i * ldc, columns * sizeof(REAL));
    }
    choice->run(k, a, lda, b, panel_stride, full_bias, continues, ahead->from, ahead->step, copy, stride);
    for (size_t i = 0; i < choice->rows; i++) __builtin_memcpy(c + i * ldc, copy + i * stride, columns * sizeof(REAL));
}

// With `adds` the product comes on top of what c holds, and there is no bias. k counts groups.
static void ID(product)(size_t m, size_t n, size_t k, const GROUP *a, size_t lda, const GROUP *packed, const REAL *bias, ck_activation activation,
                        int adds, REAL *c, size_t ldc, const void *context) {
    (void)context;
    if (m == 0 || n == 0 || (k == 0 && adds)) return;
    if (k == 0) {
        for (size_t i = 0; i < m; i++) {
            REAL *row = c + i * ldc;
            if (bias)
                __builtin_memcpy(row, bias, n * sizeof(REAL));
            else
                __builtin_memset(row, 0, n * sizeof(REAL));
        }
        FINISH(activation, m, n, c, ldc, 0, 0, context);
        return;
    }
    const size_t panel_stride = WIDTH * k;
    for (size_t i0 = 0; i0 < m; i0 += ROW_BLOCK) {
        const size_t block_rows = m - i0 < ROW_BLOCK ? m - i0 : ROW_BLOCK;
        for (size_t p0 = 0; p0 < k; p0 += INNER_BLOCK) {
            const size_t depth = k - p0 < INNER_BLOCK ? k - p0 : INNER_BLOCK;
            for (size_t j0 = 0; j0 < n; j0 += MAX_PANELS * WIDTH) {
                const size_t columns = n - j0 < MAX_PANELS * WIDTH ? n - j0 : MAX_PANELS * WIDTH;
                const struct ID(tile_choice) *choice = ID(choices)[(columns - 1) / WIDTH];
                const GROUP *b = packed + j0 * k + p0 * WIDTH;
                const REAL *tile_bias = bias ? bias + j0 : NULL;
                // Next come the columns after these, else the inner dimension's next block, else the next rows.
                const int across = j0 + columns < n, along = p0 + depth < k, down = i0 + block_rows < m;
                const size_t next_j = across ? j0 + columns : 0, next_p = across ? p0 : along ? p0 + depth : 0;
                const size_t next_depth = k - next_p < INNER_BLOCK ? k - next_p : INNER_BLOCK;
                const size_t panels = (n - next_j + WIDTH - 1) / WIDTH, next_panels = panels < MAX_PANELS ? panels : MAX_PANELS;
                struct ID(ahead) ahead = ID(ahead_of)(packed + next_j * k + next_p * WIDTH, across || along || down ? next_panels : 0, next_depth,
                                                      depth, (block_rows + choice->rows - 1) / choice->rows);
                for (size_t i = 0; i < block_rows; i += choice->rows) {
                    while (choice->rows > block_rows - i) choice++;
                    const GROUP *left = a + (i0 + i) * lda + p0;
                    REAL *target = c + (i0 + i) * ldc + j0;
                    if (columns % WIDTH)
                        ID(edge)(choice, columns, depth, left, lda, b, panel_stride, tile_bias, adds || p0 > 0, &ahead, target, ldc);
                    else
                        choice->run(depth, left, lda, b, panel_stride, tile_bias, adds || p0 > 0, ahead.from, ahead.step, target,
                                    ldc);
                    ID(advance)(&ahead, depth, panel_stride);
                    // The tile is still in the first-level cache.
                    if (p0 + depth == k) FINISH(activation, choice->rows, columns, target, ldc, i0 + i, j0, context);
                }
            }
        }
    }
}

#undef REAL
#undef GROUP
#undef ID
#undef MULTIPLY_ADD
#undef FINISH
#undef LANES
#undef WIDTH
#undef PER_PANEL
#undef ROW_BLOCK
#undef INNER_BLOCK
#undef TILE
#undef CHOICE
#undef MAX_SUMS
#undef MAX_ACROSS
#undef MAX_PANELS
