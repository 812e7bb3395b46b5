// Lua's patterns, matched by a machine that notices interrupts.
#ifndef CLUA_PATTERN_H
#define CLUA_PATTERN_H

#include "internal.h"

/// How deep alternatives may nest before a pattern is "too complex": the figure of Lua's own library.
#define PATTERN_DEPTH 200
#define PATTERN_CAPTURES 32

/// Special lengths of a capture.
enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

typedef struct {
    const char *start;
    ptrdiff_t length;
} pattern_capture;

/// One search: the subject, the pattern, and what was captured so far.
typedef struct {
    lua_State *L;
    const char *subject;
    const char *subject_end;
    const char *pattern_end;
    pattern_capture captures[PATTERN_CAPTURES];
    int capture_count;
    int depth;
    /// Steps until the next look at the interrupt flag.
    int fuel;
} pattern_search;

/// Prepares for matches in `subject`.
void pattern_begin(pattern_search *search, lua_State *L, const char *subject, size_t length, const char *pattern, size_t pattern_length);

/// Where the match of `pattern` that begins exactly at `position` ends, NULL if there is none. Forgets earlier captures.
const char *pattern_match(pattern_search *search, const char *position, const char *pattern);

/// The text of capture `index` (from 0) of a match from `from` to `to`, which itself counts as the first if there are no captures. For a
/// position capture pushes the position and returns CAPTURE_POSITION.
ptrdiff_t pattern_text(pattern_search *search, int index, const char *from, const char *to, const char **text);

/// Pushes all captures, or the whole match if there are none and `from` is given; returns how many.
int pattern_push(pattern_search *search, const char *from, const char *to);

#endif
