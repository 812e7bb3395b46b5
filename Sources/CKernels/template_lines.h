// Functions of lines of doubles for one instruction set, what factorisations are made of. Included by variant.h after the products, whose
// vectors they use. The rest of a line that fills no vector is worked on element by element with the same operations.

#define DOUBLES (VECTOR_BYTES / sizeof(double))

// Four vectors of sums, added up in one fixed order.
static double dot_f64(size_t n, const double *a, const double *b) {
    vector_f64 sum[4] = {(vector_f64)0, (vector_f64)0, (vector_f64)0, (vector_f64)0};
    size_t i = 0;
    for (; i + 4 * DOUBLES <= n; i += 4 * DOUBLES)
        for (size_t j = 0; j < 4; j++) sum[j] = FMA(load_f64(a + i + j * DOUBLES), load_f64(b + i + j * DOUBLES), sum[j]);
    for (; i + DOUBLES <= n; i += DOUBLES) sum[0] = FMA(load_f64(a + i), load_f64(b + i), sum[0]);
    const vector_f64 all = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    double total = 0;
    for (size_t j = 0; j < DOUBLES; j++) total += all[j];
    for (; i < n; i++) total += a[i] * b[i];
    return total;
}

static void add_scaled_f64(size_t n, double scale, const double *x, double *y) {
    const vector_f64 factor = (vector_f64)scale;
    size_t i = 0;
    for (; i + DOUBLES <= n; i += DOUBLES) store_f64(y + i, FMA(factor, load_f64(x + i), load_f64(y + i)));
    for (; i < n; i++) y[i] += scale * x[i];
}

static void rotate_f64(size_t n, double cosine, double sine, double *x, double *y) {
    const vector_f64 c = (vector_f64)cosine, s = (vector_f64)sine;
    size_t i = 0;
    for (; i + DOUBLES <= n; i += DOUBLES) {
        const vector_f64 left = load_f64(x + i), right = load_f64(y + i);
        store_f64(x + i, c * left - s * right);
        store_f64(y + i, s * left + c * right);
    }
    for (; i < n; i++) {
        const double left = x[i], right = y[i];
        x[i] = cosine * left - sine * right;
        y[i] = sine * left + cosine * right;
    }
}

#undef DOUBLES
