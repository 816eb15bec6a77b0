//! Fuzz targets of marey.
