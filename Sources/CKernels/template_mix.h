// Mixing a row's values before they become bytes. Included after template_floats.h.
//
// A few of the values that a transformer hands on are ten times as large as all others (Bondarenko, Nagel and Blankevoort 2021). A range that holds them
// leaves the others few of its 256 steps, and most of the error of products of bytes comes from there. So both sides of the product are multiplied
// by an orthogonal matrix R first, which gives every value a share of the large ones and changes no product: (x R) (w R)^T = x w^T, the rotation of
// QuaRot (Ashkboos et al. 2024). R here mixes sixteen values at a time, each from another sixteenth of the row, so that whole vectors are added: four
// and four are reflected, y = 2 mean - x, first those near each other, then those far apart. Its factors are halves, and equal values stay
// equal. What a row has beyond a multiple of sixteen stays as it is.

#define MIXED 16

INLINE void reflect(floats *a, floats *b, floats *c, floats *d) {
    const floats half = 0.5f * ((*a + *b) + (*c + *d));
    *a = half - *a;
    *b = half - *b;
    *c = half - *c;
    *d = half - *d;
}

// How many values from `p` on of a sixteenth, `step` values long, are in a vector.
INLINE size_t mixed_count(size_t step) { return step < FLOATS ? step : FLOATS; }

// Where the vectors after `p` begin. The last of a sixteenth overlap those before, which costs less than a part of a vector.
INLINE size_t mixed_next(size_t p, size_t step) { return p + FLOATS < step && p + 2 * FLOATS > step ? step - FLOATS : p + FLOATS; }

// The values from `p` on of each sixteenth of x, mixed; lanes beyond are 0.
INLINE void mix(const float *x, size_t step, size_t p, floats mixed[MIXED]) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < MIXED; i++) mixed[i] = step < FLOATS ? load_part(x + i * step + p, step, 0) : load(x + i * step + p);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < MIXED; i += 4) reflect(mixed + i, mixed + i + 1, mixed + i + 2, mixed + i + 3);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) reflect(mixed + i, mixed + i + 4, mixed + i + 8, mixed + i + 12);
}
