#include "monet/report/html.h"

#include "monet/artifact/config.h"
#include "monet/core/files/hash.h"
#include "monet/report/assets.h"
#include "monet/report/figure.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace monet::report {

namespace {

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::good: return "good";
    case Tone::bad: return "bad";
    case Tone::quiet: return "quiet";
    case Tone::plain: break;
  }
  return "";
}

/// Whether a figure wants the page's width, having many lines to tell apart.
bool is_wide(const Figure& figure) {
  return figure.series.size() > 8 && (figure.kind == FigureKind::line || figure.kind == FigureKind::scatter);
}

/// Which columns have a note somewhere: there every cell keeps its room, so that the numbers stay aligned.
std::vector<bool> with_notes(const Table& table) {
  std::vector<bool> noted(table.columns.size());
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < std::min(row.size(), noted.size()); ++i) noted[i] = noted[i] || !row[i].note.empty();
  }
  return noted;
}

/// Writes the body; collects the figures, which page.js finds by their number.
class Writer {
 public:
  void add(const Section& section, std::size_t number) {
    text_ += fmt::format("<section id=\"section-{}\">\n<h2>{}</h2>\n", number, escape_html(section.heading));
    for (const auto& block : section.blocks) std::visit([this](const auto& held) { add(held); }, block);
    text_ += "</section>\n";
  }

  const std::string& text() const { return text_; }
  const std::vector<const Figure*>& figures() const { return figures_; }

 private:
  void add(const Paragraph& paragraph) { text_ += fmt::format("<p>{}</p>\n", escape_html(paragraph.text)); }

  void add(const Facts& facts) {
    text_ += "<dl>\n";
    for (const auto& [name, value] : facts.entries) {
      text_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
    }
    text_ += "</dl>\n";
  }

  void add(const Table& table) {
    const std::string caption = escape_html(table.caption);
    if (table.folded) text_ += fmt::format("<details><summary>{}</summary>\n", caption);
    text_ += fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n<caption{}>{}</caption>\n",
        caption, table.folded ? " class=\"hidden\"" : "", caption);
    add_heads(table);
    text_ += "<tbody>\n";
    const std::vector<bool> noted = with_notes(table);
    for (const auto& row : table.rows) add_row(table, row, noted);
    text_ += "</tbody>\n</table>\n</div>\n";
    if (table.folded) text_ += "</details>\n";
  }

  void add_heads(const Table& table) {
    text_ += "<thead>\n";
    if (!table.groups.empty()) {
      text_ += "<tr><td></td>";
      for (const ColumnGroup& group : table.groups) {
        text_ +=
            fmt::format("<th scope=\"colgroup\" colspan=\"{}\">{}</th>", group.columns, escape_html(group.heading));
      }
      text_ += "</tr>\n";
    }
    text_ += "<tr>";
    for (const Column& column : table.columns) {
      text_ += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"number\"" : "",
                           escape_html(column.heading));
    }
    text_ += "</tr>\n</thead>\n";
  }

  void add_row(const Table& table, const std::vector<Cell>& row, const std::vector<bool>& noted) {
    text_ += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell& cell = row[i];
      std::string classes(class_of(cell.tone));
      if (i < table.columns.size() && table.columns[i].numeric) classes += classes.empty() ? "number" : " number";
      const std::string attribute = classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
      std::string content = escape_html(cell.text);
      if (cell.best) content.insert(0, "<strong>").append("</strong>");
      const bool room = i < noted.size() && noted[i] && table.columns[i].numeric;
      if (room || !cell.note.empty()) content += fmt::format(" <small>{}</small>", escape_html(cell.note));
      text_ += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", attribute, content)
                      : fmt::format("<td{}>{}</td>", attribute, content);
    }
    text_ += "</tr>\n";
  }

  void add(const Figure& figure) {
    const std::size_t number = figures_.size();
    figures_.push_back(&figure);
    text_ += fmt::format(
        "<figure{}>\n<figcaption id=\"figure-{}\">{}</figcaption>\n<div class=\"plot\" data-figure=\"{}\" role=\"img\" "
        "aria-label=\"{}\"></div>\n",
        is_wide(figure) ? "" : " class=\"half\"", number, escape_html(figure.title), number,
        escape_html(figure.title + ". " + description_of(figure)));
    if (!figure.note.empty()) text_ += fmt::format("<p class=\"note\">{}</p>\n", escape_html(figure.note));
    add(numbers_of(figure));
    text_ += "</figure>\n";
  }

  std::string text_;
  std::vector<const Figure*> figures_;
};

std::string navigation(const Page& page) {
  if (page.sections.size() < 3) return "";
  std::string text = "<nav aria-label=\"Contents\"><ul>\n";
  for (std::size_t i = 0; i < page.sections.size(); ++i) {
    text += fmt::format("<li><a href=\"#section-{}\">{}</a></li>\n", i, escape_html(page.sections[i].heading));
  }
  return text + "</ul></nav>\n";
}

std::string licences() {
  std::string text = "<details><summary>Licences of the plotting libraries in this file</summary>\n";
  for (const assets::Licence& licence : assets::licences()) {
    text += fmt::format("<h3>{}</h3>\n<pre>{}</pre>\n", licence.name, escape_html(licence.text));
  }
  return text + "</details>\n";
}

std::string script(std::string_view nonce, std::string_view source) {
  return fmt::format("<script nonce=\"{}\">\n{}\n</script>\n", nonce, source);
}

/// A word that only this page's own scripts carry, a second barrier behind escaping: what somebody's name might smuggle
/// in would have to contain a hash of the text around it.
std::string nonce_of(const std::string& body, const std::string& figures) {
  files::Hasher hasher;
  hasher.add_text(body);
  hasher.add_text(figures);
  return hasher.hex();
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string render(const Page& page) {
  Writer body;
  for (std::size_t i = 0; i < page.sections.size(); ++i) body.add(page.sections[i], i);
  const std::string figures = figures_json(body.figures());
  const std::string nonce = nonce_of(page.title + body.text(), figures);

  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += fmt::format(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src "
      "'nonce-{}'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
      nonce);
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n";
  html += fmt::format("<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n", escape_html(page.title),
                      assets::page_style());
  html += fmt::format("<header>\n<h1>{}</h1>\n<p>{}</p>\n", escape_html(page.title), escape_html(page.subtitle));
  if (!page.notice.empty()) html += fmt::format("<p class=\"notice\" role=\"note\">{}</p>\n", escape_html(page.notice));
  html += navigation(page) + "</header>\n<main>\n";
  if (!body.figures().empty()) {
    html +=
        "<noscript><p class=\"notice\">The figures are drawn by a script; their numbers are in the tables below each."
        "</p></noscript>\n";
  }
  html += body.text() + "</main>\n<footer>\n";
  html += fmt::format("<p>Made by monet {}.</p>\n", artifact::program_version());
  if (!body.figures().empty()) {
    html += licences();
    html += "</footer>\n<script type=\"application/json\" id=\"figures\">" + figures + "</script>\n";
    html += script(nonce, assets::d3()) + script(nonce, assets::plot()) + script(nonce, assets::page_script());
  } else {
    html += "</footer>\n";
  }
  return html + "</body>\n</html>\n";
}

}  // namespace monet::report
