/**
 * @file api.h
 * @brief How declarations are marked. Nothing here can be called.
 */
#ifndef SEAWALL_API_H
#define SEAWALL_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
/** A symbol of the shared library. */
#define SEAWALL_API __attribute__((visibility("default")))
/** Ignoring the answer of this function is a mistake, and a compiler warning. */
#define SEAWALL_MUST_CHECK __attribute__((warn_unused_result))
#else
#define SEAWALL_API
#define SEAWALL_MUST_CHECK
#endif

#ifdef __cplusplus
#define SEAWALL_BEGIN_DECLS extern "C" {
#define SEAWALL_END_DECLS }
/** A conversion within a constant, which a C++ compiler does not call old-style. For the macros of these headers. */
#define SEAWALL_CAST(type, value) static_cast<type>(value)
#else
#define SEAWALL_BEGIN_DECLS
#define SEAWALL_END_DECLS
#define SEAWALL_CAST(type, value) ((type)(value))
#endif

/** In a configuration field: "derive it when the object is created", as the field's own text says. */
#define SEAWALL_AUTO (-1)

#endif
