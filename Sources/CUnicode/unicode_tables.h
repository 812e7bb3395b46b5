#ifndef UNICODE_TABLES_H
#define UNICODE_TABLES_H

#include "unicode_properties.h"

// Mappings as sorted code points, the place of each image in a pool (one more place marks the end), and the pool.
extern const uint32_t cu_canonical_points[], cu_canonical_pool[];
extern const uint16_t cu_canonical_places[];
extern const int cu_canonical_count;
extern const uint32_t cu_compatible_points[], cu_compatible_pool[];
extern const uint16_t cu_compatible_places[];
extern const int cu_compatible_count;
extern const uint32_t cu_lower_points[], cu_lower_pool[];
extern const uint16_t cu_lower_places[];
extern const int cu_lower_count;
// Pairs that compose, sorted (first code point in the upper half), and what they compose to.
extern const uint64_t cu_pairs[];
extern const uint32_t cu_composites[];
extern const int cu_pair_count;

#endif
