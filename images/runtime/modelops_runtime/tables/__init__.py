"""Tables of models as bytes: whatever library made them, equal tables are equal bytes.

A table may come as a frame of pandas or polars, as a mapping of columns, or from Arrow. It becomes
one Arrow IPC stream (zstd, one batch, no metadata) in a normal form, so that a checksum stands for
what the table says. The bytes are those of one version of Arrow; what they say, any version reads.

**Missing values.** NaN and null are one thing, and in the stream it is null. pandas cannot tell the
two apart in a column of numbers; so that the same model gives the same bytes with any library, none
can. Infinities stay what they are.

**Types.** A column holds truth values, numbers, texts, bytes, dates, times, durations, or nothing
at all. Categories become what they stand for, texts and bytes have offsets of 64 bits, and floating
point numbers of 16 bits get 32; all others keep their type. Nested cells are refused: a row for
each element says the same, and every reader of tables takes it.

**Order** of rows and columns is kept. A named index of pandas becomes columns; one without a name
only counts rows, and is left out.

`frames` reads what came, `normal` makes it the same, `stream` writes and reads the bytes.
"""
