// Functions of rows of floats for one instruction set. Included by variant.h after template_floats.h, whose vectors they use.

static void exp_f32(size_t n, float *x) { MAP(exp_of); }

static float dot_f32(size_t n, const float *a, const float *b) {
    floats sum[4] = {(floats)0, (floats)0, (floats)0, (floats)0};
    size_t i = 0;
    for (; i + 4 * FLOATS <= n; i += 4 * FLOATS)
        for (size_t j = 0; j < 4; j++) sum[j] = FMA(load(a + i + j * FLOATS), load(b + i + j * FLOATS), sum[j]);
    for (; i + FLOATS <= n; i += FLOATS) sum[0] = FMA(load(a + i), load(b + i), sum[0]);
    if (i < n) sum[1] = FMA(load_part(a + i, n - i, 0), load_part(b + i, n - i, 0), sum[1]);
    return lane_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static void softmax_rows_f32(size_t rows, size_t n, float scale, float *x, size_t ldx) {
    if (n == 0) return;
    const float lowest = -__builtin_inff();
    const size_t whole = n / FLOATS * FLOATS;
    for (size_t row = 0; row < rows; row++) {
        float *r = x + row * ldx;
        floats best = (floats)lowest;
        for (size_t i = 0; i < whole; i += FLOATS) {
            const floats v = load(r + i) * scale;
            best = v > best ? v : best;
        }
        if (whole < n) {
            // Filling with the row's first element keeps an infinite filler away from a zero or negative scale.
            const floats v = load_part(r + whole, n - whole, r[0]) * scale;
            best = v > best ? v : best;
        }
        const floats top = (floats)lane_max(best);
        floats total = (floats)0;
        for (size_t i = 0; i < whole; i += FLOATS) {
            const floats v = exp_of(load(r + i) * scale - top);
            store(r + i, v);
            total += v;
        }
        if (whole < n) {
            const floats v = exp_of(load_part(r + whole, n - whole, 0) * scale - top);
            store_part(r + whole, v, n - whole);
            total += load_part(r + whole, n - whole, 0);
        }
        const floats factor = (floats)(1.0f / lane_sum(total));
        for (size_t i = 0; i < whole; i += FLOATS) store(r + i, load(r + i) * factor);
        if (whole < n) store_part(r + whole, load_part(r + whole, n - whole, 0) * factor, n - whole);
    }
}

// One row of `x + residual`.
INLINE floats added(const float *x, const float *residual, size_t i) { return residual ? load(x + i) + load(residual + i) : load(x + i); }

static void add_layernorm_f32(size_t rows, size_t n, const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                              const float *beta, float eps, float *out, size_t ldo) {
    if (n == 0) return;
    const size_t whole = n / FLOATS * FLOATS, rest = n - whole;
    for (size_t row = 0; row < rows; row++) {
        const float *source = x + row * ldx, *other = residual ? residual + row * ldr : NULL;
        float *target = out + row * ldo;
        floats sum = (floats)0;
        for (size_t i = 0; i < whole; i += FLOATS) {
            const floats v = added(source, other, i);
            store(target + i, v);
            sum += v;
        }
        floats last = (floats)0;
        if (rest) {
            last = load_part(source + whole, rest, 0);
            if (other) last += load_part(other + whole, rest, 0);
            sum += last;
        }
        const floats mean = (floats)(lane_sum(sum) / (float)n);
        // The variance from differences to the mean: sums of squares would lose the digits that a large mean shares.
        floats squares = (floats)0;
        for (size_t i = 0; i < whole; i += FLOATS) {
            const floats d = load(target + i) - mean;
            squares = FMA(d, d, squares);
        }
        if (rest) {
            floats d = (floats)0;
            const floats all = last - mean;
            __builtin_memcpy(&d, &all, rest * sizeof(float));
            squares = FMA(d, d, squares);
        }
        const floats factor = (floats)(1.0f / __builtin_elementwise_sqrt(lane_sum(squares) / (float)n + eps));
        for (size_t i = 0; i < whole; i += FLOATS)
            store(target + i, FMA((load(target + i) - mean) * factor, load(gamma + i), load(beta + i)));
        if (rest) {
            const floats v = FMA((last - mean) * factor, load_part(gamma + whole, rest, 0), load_part(beta + whole, rest, 0));
            store_part(target + whole, v, rest);
        }
    }
}

INLINE floats adam_of(const ck_adam *step, floats held, floats gradient, floats *m, floats *s) {
    held *= step->shrink;
    const floats slope = FMA((floats)step->decay, held, gradient);
    *m = FMA((floats)(1.0f - step->beta1), slope - *m, *m);
    *s = FMA((floats)(1.0f - step->beta2) * slope, slope, (floats)step->beta2 * *s);
    return held - step->size * *m / (__builtin_elementwise_sqrt(*s) / step->root + step->eps);
}

static void adam_f32(size_t n, const ck_adam *step, float *p, const float *gradient, float *mean, float *square) {
    size_t i = 0;
    for (; i + FLOATS <= n; i += FLOATS) {
        floats m = load(mean + i), s = load(square + i);
        store(p + i, adam_of(step, load(p + i), load(gradient + i), &m, &s));
        store(mean + i, m);
        store(square + i, s);
    }
    if (i < n) {
        const size_t rest = n - i;
        floats m = load_part(mean + i, rest, 0), s = load_part(square + i, rest, 1);
        store_part(p + i, adam_of(step, load_part(p + i, rest, 0), load_part(gradient + i, rest, 0), &m, &s), rest);
        store_part(mean + i, m, rest);
        store_part(square + i, s, rest);
    }
}

