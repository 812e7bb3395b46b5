#ifndef CUNICODE_H
#define CUNICODE_H

#include <stdint.h>

/// Terminal columns of a code point on its own: 0 for combining marks and controls, 2 for East Asian wide and emoji, otherwise 1.
int cunicode_width(uint32_t code_point);

#endif
