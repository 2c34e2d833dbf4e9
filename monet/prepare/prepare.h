#pragma once

#include "monet/input/observer.h"
#include "monet/prepare/options.h"

#include <atomic>
#include <string>
#include <vector>

namespace monet::prepare {

/// Interactions, users and items of a dataset that was written.
struct PrepareResult {
  std::string format;
  std::string name;
  std::string split;
  Index users = 0;
  Index items = 0;
  Index described_items = 0;
  Index train = 0;
  Index validation = 0;
  Index test = 0;
  std::vector<std::string> modalities;  // "image 4096 wide, 812 of 900 items"
  std::vector<std::string> notes;       // what was left out or put right, ready to print
};

/// Reads raw data and writes a dataset directory (docs/prepare.md): `<name>.inter` with x_label, `u_id_mapping.csv`,
/// `i_id_mapping.csv`, `items.csv` when there is a catalogue, `<modality>_feat.npy` (with `.recipe` beside it where it
/// was made here), and `prepare.json`, which says every choice, count and source hash. Equal inputs and options give
/// equal bytes. The directory appears whole or not at all; texts are streamed. Throws InvalidArgument, DataError (file,
/// line, remedy), IoError, and Interrupted when `stop` is set.
PrepareResult prepare_dataset(const PrepareOptions& options, input::Observer& observer, const std::atomic<bool>& stop);

}  // namespace monet::prepare
