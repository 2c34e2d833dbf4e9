#include "monet/core/error.h"

namespace monet::detail {

template void throw_formatted<InvalidArgument>(fmt::string_view, fmt::format_args);
template void throw_formatted<DataError>(fmt::string_view, fmt::format_args);
template void throw_formatted<IoError>(fmt::string_view, fmt::format_args);
template void throw_formatted<InternalError>(fmt::string_view, fmt::format_args);

}  // namespace monet::detail
