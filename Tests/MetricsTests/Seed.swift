// Seed of a room; replaced by its first real file.
