#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace monet::experiments::sharing {

/// A name that no other process makes, here or on another machine: host, process and 64 random bits.
std::string unique_name();

/// Makes a folder and those around it, also where others are just removing empty ones. Throws IoError.
void make_folder(const std::filesystem::path& folder);

/// Makes the file with that content, at once and whole, unless something has its name (false). A missing folder is
/// made. By link(2), which a server does once, so that of many who try on a network file system one succeeds. Throws
/// IoError.
bool create_exclusively(const std::filesystem::path& file, std::string_view text);

/// Replaces the file at once, whoever else does so at the same time. Throws IoError.
void replace(const std::filesystem::path& file, std::string_view text);

/// What a file holds; "" where it is not there or cannot be read.
std::string text_of(const std::filesystem::path& file);

}  // namespace monet::experiments::sharing
