#pragma once

#include <cstdint>
#include <string>

namespace monet::report {

/// Numbers as people read them; NaN is "–".

/// Four decimals below 1 ("0.0712"), four digits above, "3.1e-06" where four decimals would show nothing.
std::string metric_text(double value);
/// "0.0712 ± 0.0021"; without the spread when it is NaN.
std::string metric_text(double mean, double sd);
/// "8.4 s", "118 s", "12 min 5 s", "3 h 20 min".
std::string seconds_text(double seconds);
/// "103 MB", "1.2 GB".
std::string bytes_text(double bytes);
/// "0.012", "< 0.0001".
std::string p_text(double p);
/// "+12.3 %".
std::string percent_text(double percent);
/// "68,722".
std::string count_text(std::int64_t count);
/// The shortest text that reads back as the number, up to six digits: "0.3", "1e-05".
std::string plain_text(double value);
/// "***" below 0.001, "**" below 0.01, "*" below 0.05, otherwise nothing.
std::string stars(double p);

}  // namespace monet::report
