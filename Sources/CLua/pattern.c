#include "pattern.h"

#include <ctype.h>
#include <string.h>

#define FUEL 100000

// A pattern item that stands for one character, read once and then compared with many.
typedef enum { ITEM_ANY, ITEM_LITERAL, ITEM_CLASS, ITEM_SET } item_kind;

typedef struct {
    item_kind kind;
    unsigned char character; // of a literal; the letter of a class
    const char *set;         // of a set: behind the bracket
    const char *set_end;     // its closing bracket
    const char *next;        // behind the item
} item;

static const char *match(pattern_search *search, const char *position, const char *pattern);

static void refuel(pattern_search *search) {
    search->fuel = FUEL;
    clua_poll(search->L);
}

static bool in_class(unsigned char character, unsigned char letter) {
    int found;
    switch (tolower(letter)) {
    case 'a': found = isalpha(character); break;
    case 'c': found = iscntrl(character); break;
    case 'd': found = isdigit(character); break;
    case 'g': found = isgraph(character); break;
    case 'l': found = islower(character); break;
    case 'p': found = ispunct(character); break;
    case 's': found = isspace(character); break;
    case 'u': found = isupper(character); break;
    case 'w': found = isalnum(character); break;
    case 'x': found = isxdigit(character); break;
    // Not in the manual any more, but there.
    case 'z': found = character == '\0'; break;
    default: return letter == character;
    }
    return isupper(letter) ? !found : found != 0;
}

static bool in_set(unsigned char character, const char *set, const char *end) {
    bool wanted = true;
    if (*set == '^') {
        wanted = false;
        set++;
    }
    while (set < end) {
        if (*set == '%') {
            if (in_class(character, (unsigned char)set[1])) return wanted;
            set += 2;
        } else if (set[1] == '-' && set + 2 < end) {
            if ((unsigned char)set[0] <= character && character <= (unsigned char)set[2]) return wanted;
            set += 3;
        } else {
            if ((unsigned char)*set == character) return wanted;
            set++;
        }
    }
    return !wanted;
}

// The closing bracket of the set whose content begins at `set`. A bracket in first place is an ordinary character.
static const char *set_end(pattern_search *search, const char *set) {
    const char *end = search->pattern_end;
    const char *cursor = set;
    if (*cursor == '^') cursor++;
    do {
        if (cursor == end) luaL_error(search->L, "malformed pattern (missing ']')");
        cursor += *cursor == '%' && cursor + 1 < end ? 2 : 1;
    } while (cursor >= end || *cursor != ']');
    return cursor;
}

static item read_item(pattern_search *search, const char *pattern) {
    item result = {.kind = ITEM_LITERAL, .character = (unsigned char)*pattern, .next = pattern + 1};
    switch (*pattern) {
    case '.': result.kind = ITEM_ANY; break;
    case '%':
        if (pattern + 1 == search->pattern_end) luaL_error(search->L, "malformed pattern (ends with '%%')");
        result.kind = ITEM_CLASS;
        result.character = (unsigned char)pattern[1];
        result.next = pattern + 2;
        break;
    case '[':
        result.kind = ITEM_SET;
        result.set = pattern + 1;
        result.set_end = set_end(search, pattern + 1);
        result.next = result.set_end + 1;
        break;
    default: break;
    }
    return result;
}

static inline bool accepts(const item *item, unsigned char character) {
    switch (item->kind) {
    case ITEM_ANY: return true;
    case ITEM_LITERAL: return character == item->character;
    case ITEM_CLASS: return in_class(character, item->character);
    default: return in_set(character, item->set, item->set_end);
    }
}

static inline bool accepts_at(const pattern_search *search, const char *position, const item *item) {
    return position < search->subject_end && accepts(item, (unsigned char)*position);
}

// The end of the longest run of characters that the item accepts.
static const char *run_end(pattern_search *search, const char *position, const item *item) {
    const char *end = search->subject_end;
    if (item->kind == ITEM_ANY) return end;
    while (position < end) {
        const char *block = end - position > FUEL ? position + FUEL : end;
        while (position < block && accepts(item, (unsigned char)*position)) position++;
        if (position < block) break;
        if (position < end) clua_poll(search->L);
    }
    return position;
}

// As many as possible, giving one back at a time.
static const char *match_longest(pattern_search *search, const char *position, const item *item) {
    for (const char *end = run_end(search, position, item); end >= position; end--) {
        const char *found = match(search, end, item->next + 1);
        if (found) return found;
    }
    return NULL;
}

// As few as possible, taking one more at a time.
static const char *match_shortest(pattern_search *search, const char *position, const item *item) {
    for (;; position++) {
        const char *found = match(search, position, item->next + 1);
        if (found) return found;
        if (!accepts_at(search, position, item)) return NULL;
    }
}

// %bxy: from an x to the y that closes it.
static const char *match_balanced(pattern_search *search, const char *position, const char *pair) {
    if (pair + 1 >= search->pattern_end) luaL_error(search->L, "malformed pattern (missing arguments to '%%b')");
    if (position >= search->subject_end || *position != pair[0]) return NULL;
    size_t open = 1;
    while (++position < search->subject_end) {
        if (--search->fuel < 0) refuel(search);
        if (*position == pair[1]) {
            if (--open == 0) return position + 1;
        } else if (*position == pair[0]) {
            open++;
        }
    }
    return NULL;
}

static const char *open_capture(pattern_search *search, const char *position, const char *pattern, ptrdiff_t length) {
    int index = search->capture_count;
    if (index >= PATTERN_CAPTURES) luaL_error(search->L, "too many captures");
    search->captures[index] = (pattern_capture){position, length};
    search->capture_count = index + 1;
    const char *found = match(search, position, pattern);
    if (!found) search->capture_count--;
    return found;
}

static const char *close_capture(pattern_search *search, const char *position, const char *pattern) {
    int index = search->capture_count - 1;
    while (index >= 0 && search->captures[index].length != CAPTURE_OPEN) index--;
    if (index < 0) luaL_error(search->L, "invalid pattern capture");
    search->captures[index].length = position - search->captures[index].start;
    const char *found = match(search, position, pattern);
    if (!found) search->captures[index].length = CAPTURE_OPEN;
    return found;
}

// %1 to %9: the captured text once more.
static const char *match_again(pattern_search *search, const char *position, unsigned char digit) {
    int index = digit - '1';
    if (index < 0 || index >= search->capture_count || search->captures[index].length == CAPTURE_OPEN) {
        luaL_error(search->L, "invalid capture index %%%d", index + 1);
    }
    // A position capture has no text; as an unsigned length it is longer than any subject.
    size_t length = (size_t)search->captures[index].length;
    if ((size_t)(search->subject_end - position) < length) return NULL;
    return memcmp(search->captures[index].start, position, length) == 0 ? position + length : NULL;
}

// %f[set]: between a character outside the set and one inside. Both ends of the subject count as '\0'.
static bool at_frontier(pattern_search *search, const char *position, const item *set) {
    unsigned char before = position == search->subject ? '\0' : (unsigned char)position[-1];
    unsigned char here = position == search->subject_end ? '\0' : (unsigned char)*position;
    return !in_set(before, set->set, set->set_end) && in_set(here, set->set, set->set_end);
}

// Matches item after item; only where there is a choice does it call itself.
static const char *match_items(pattern_search *search, const char *position, const char *pattern) {
    while (pattern != search->pattern_end) {
        if (--search->fuel < 0) refuel(search);
        switch (*pattern) {
        case '(':
            if (pattern[1] == ')') return open_capture(search, position, pattern + 2, CAPTURE_POSITION);
            return open_capture(search, position, pattern + 1, CAPTURE_OPEN);
        case ')': return close_capture(search, position, pattern + 1);
        case '$':
            // Only at the pattern's end does it stand for the subject's.
            if (pattern + 1 == search->pattern_end) return position == search->subject_end ? position : NULL;
            break;
        case '%':
            switch (pattern[1]) {
            case 'b':
                position = match_balanced(search, position, pattern + 2);
                if (!position) return NULL;
                pattern += 4;
                continue;
            case 'f': {
                pattern += 2;
                if (*pattern != '[') luaL_error(search->L, "missing '[' after '%%f' in pattern");
                item set = read_item(search, pattern);
                if (!at_frontier(search, position, &set)) return NULL;
                pattern = set.next;
                continue;
            }
            case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
                position = match_again(search, position, (unsigned char)pattern[1]);
                if (!position) return NULL;
                pattern += 2;
                continue;
            default: break;
            }
            break;
        default: break;
        }
        item item = read_item(search, pattern);
        char repeats = item.next < search->pattern_end ? *item.next : '\0';
        if (!accepts_at(search, position, &item)) {
            if (repeats != '?' && repeats != '*' && repeats != '-') return NULL;
            // Nothing to choose: it stands for nothing here.
            pattern = item.next + 1;
            continue;
        }
        switch (repeats) {
        case '?': {
            const char *found = match(search, position + 1, item.next + 1);
            if (found) return found;
            pattern = item.next + 1;
            break;
        }
        case '+': return match_longest(search, position + 1, &item);
        case '*': return match_longest(search, position, &item);
        case '-': return match_shortest(search, position, &item);
        default:
            position++;
            pattern = item.next;
        }
    }
    return position;
}

static const char *match(pattern_search *search, const char *position, const char *pattern) {
    if (search->depth++ == PATTERN_DEPTH) luaL_error(search->L, "pattern too complex");
    const char *end = match_items(search, position, pattern);
    search->depth--;
    return end;
}

void pattern_begin(
    pattern_search *search, lua_State *L, const char *subject, size_t length, const char *pattern, size_t pattern_length) {
    search->L = L;
    search->subject = subject;
    search->subject_end = subject + length;
    search->pattern_end = pattern + pattern_length;
    search->fuel = FUEL;
    search->capture_count = 0;
    search->depth = 0;
}

const char *pattern_match(pattern_search *search, const char *position, const char *pattern) {
    search->capture_count = 0;
    search->depth = 0;
    return match(search, position, pattern);
}

ptrdiff_t pattern_text(pattern_search *search, int index, const char *from, const char *to, const char **text) {
    if (index >= search->capture_count) {
        if (index != 0) luaL_error(search->L, "invalid capture index %%%d", index + 1);
        *text = from;
        return to - from;
    }
    pattern_capture capture = search->captures[index];
    if (capture.length == CAPTURE_OPEN) luaL_error(search->L, "unfinished capture");
    if (capture.length == CAPTURE_POSITION) lua_pushinteger(search->L, capture.start - search->subject + 1);
    *text = capture.start;
    return capture.length;
}

int pattern_push(pattern_search *search, const char *from, const char *to) {
    int count = search->capture_count == 0 && from ? 1 : search->capture_count;
    luaL_checkstack(search->L, count, "too many captures");
    for (int index = 0; index < count; index++) {
        const char *text;
        ptrdiff_t length = pattern_text(search, index, from, to, &text);
        if (length != CAPTURE_POSITION) lua_pushlstring(search->L, text, (size_t)length);
    }
    return count;
}
