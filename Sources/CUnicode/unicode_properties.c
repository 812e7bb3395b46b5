#include "unicode_tables.h"

static cu_mapping look_up(uint32_t c, const uint32_t *points, const uint16_t *places, const uint32_t *pool, int count) {
    int low = 0, high = count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (points[middle] < c) low = middle + 1;
        else high = middle;
    }
    if (low == count || points[low] != c) return (cu_mapping){0, 0};
    return (cu_mapping){pool + places[low], places[low + 1] - places[low]};
}

// Hangul syllables are laid out by rule (Unicode Standard, section 3.12).
static cu_mapping hangul(uint32_t c, uint32_t storage[3]) {
    uint32_t index = c - 0xac00;
    storage[0] = 0x1100 + index / 588;
    storage[1] = 0x1161 + index % 588 / 28;
    storage[2] = 0x11a7 + index % 28;
    return (cu_mapping){storage, index % 28 ? 3 : 2};
}

cu_mapping cu_decomposition(uint32_t c, uint32_t storage[3]) {
    if (!(cu_properties_of(c).flags & CU_DECOMPOSES)) return (cu_mapping){0, 0};
    if (c >= 0xac00 && c < 0xd7a4) return hangul(c, storage);
    return look_up(c, cu_canonical_points, cu_canonical_places, cu_canonical_pool, cu_canonical_count);
}

cu_mapping cu_compatible_decomposition(uint32_t c, uint32_t storage[3]) {
    if (!(cu_properties_of(c).flags & CU_COMPATIBLE)) return (cu_mapping){0, 0};
    if (c >= 0xac00 && c < 0xd7a4) return hangul(c, storage);
    cu_mapping found = look_up(c, cu_compatible_points, cu_compatible_places, cu_compatible_pool, cu_compatible_count);
    return found.count ? found : look_up(c, cu_canonical_points, cu_canonical_places, cu_canonical_pool, cu_canonical_count);
}

cu_mapping cu_lowercase(uint32_t c) {
    if (!(cu_properties_of(c).flags & CU_LOWERS)) return (cu_mapping){0, 0};
    return look_up(c, cu_lower_points, cu_lower_places, cu_lower_pool, cu_lower_count);
}

uint32_t cu_composition(uint32_t first, uint32_t second) {
    if (first >= 0x1100 && first < 0x1113 && second >= 0x1161 && second < 0x1176)
        return 0xac00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28;
    if (first >= 0xac00 && first < 0xd7a4 && (first - 0xac00) % 28 == 0 && second > 0x11a7 && second < 0x11c3)
        return first + (second - 0x11a7);
    uint64_t key = (uint64_t)first << 32 | second;
    int low = 0, high = cu_pair_count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (cu_pairs[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low < cu_pair_count && cu_pairs[low] == key ? cu_composites[low] : 0;
}
