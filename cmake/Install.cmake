# `cmake --install`: the program, the static library of every layer, the public headers, and what find_package(monet) reads.
#
# The headers are a list on purpose: a header that is not here is not part of the interface. What these include is here too
# (tests/install builds a program from an installed tree only).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(MONET_PUBLIC_HEADERS
  monet/artifact/artifact.h
  monet/artifact/config.h
  monet/artifact/id_table.h
  monet/autograd/tape.h
  monet/blend/blend.h
  monet/blend/choose_weights.h
  monet/blend/weight_grid.h
  monet/candidates/cell_index.h
  monet/candidates/exactness.h
  monet/candidates/rank.h
  monet/core/buffer.h
  monet/core/csr.h
  monet/core/error.h
  monet/core/files/atomic.h
  monet/core/files/io_error.h
  monet/core/files/mapped_file.h
  monet/core/files/output_folder.h
  monet/core/files/replaceable.h
  monet/core/files/safetensors.h
  monet/core/growing.h
  monet/core/log.h
  monet/core/matrix.h
  monet/core/options.h
  monet/core/rng.h
  monet/core/thread_pool.h
  monet/core/view.h
  monet/data/dataset.h
  monet/data/features.h
  monet/data/inspect.h
  monet/data/interactions.h
  monet/data/load.h
  monet/data/split.h
  monet/eval/analyses.h
  monet/eval/artifact_data.h
  monet/eval/beyond_accuracy.h
  monet/eval/data_quality.h
  monet/eval/evaluator.h
  monet/eval/list_similarity.h
  monet/eval/lists.h
  monet/eval/metric_name.h
  monet/eval/metrics.h
  monet/eval/near_duplicates.h
  monet/eval/significance.h
  monet/eval/taste.h
  monet/experiments/automatic/auto.h
  monet/experiments/automatic/choice.h
  monet/experiments/avg_diff.h
  monet/experiments/comparison.h
  monet/experiments/experiment.h
  monet/experiments/grid.h
  monet/experiments/method.h
  monet/experiments/paper/document.h
  monet/experiments/paper/observations.h
  monet/experiments/paper/plan.h
  monet/experiments/paper/reproduce.h
  monet/experiments/paper_values.h
  monet/experiments/race/budget.h
  monet/experiments/race/entrant.h
  monet/experiments/race/rules.h
  monet/experiments/results_folder.h
  monet/experiments/run.h
  monet/experiments/scheduler.h
  monet/experiments/similarity.h
  monet/experiments/sweep.h
  monet/experiments/task.h
  monet/graph/bipartite.h
  monet/input/observer.h
  monet/models/model.h
  monet/models/options.h
  monet/models/output.h
  monet/models/parameters.h
  monet/models/registry.h
  monet/models/shared_options.h
  monet/models/step_work.h
  monet/monet.h
  monet/prepare/items/feature_source.h
  monet/prepare/items/item.h
  monet/prepare/items/item_store.h
  monet/prepare/events.h
  monet/prepare/options.h
  monet/prepare/prepare.h
  monet/rank/blend.h
  monet/rank/cosines.h
  monet/rank/explain.h
  monet/rank/fold_in.h
  monet/rank/new_items.h
  monet/rank/rank.h
  monet/rank/rank_candidates.h
  monet/rank/score_tiles.h
  monet/recommend/item_tables.h
  monet/recommend/new_items.h
  monet/recommend/recommender.h
  monet/recommend/render.h
  monet/recommend/result.h
  monet/scoring/items.h
  monet/scoring/new_item_map.h
  monet/scoring/query.h
  monet/scoring/scoring.h
  monet/store/check.h
  monet/store/event.h
  monet/store/export.h
  monet/store/group_commit.h
  monet/store/item.h
  monet/store/store.h
  monet/synth/generator.h
  monet/synth/options.h
  monet/synth/raw_shop.h
  monet/train/observer.h
  monet/train/options.h
  monet/train/rebuild.h
  monet/train/trainer.h)

get_property(layers GLOBAL PROPERTY MONET_LAYERS)
add_library(monet INTERFACE)
target_link_libraries(monet INTERFACE ${layers})
add_library(monet::monet ALIAS monet)
set_target_properties(monet PROPERTIES MONET_PUBLIC_HEADERS "${MONET_PUBLIC_HEADERS}")

install(TARGETS monet ${layers} EXPORT monet-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS monet_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET monet_mpi_cli)
  # `cmake --install BUILD --component mpi`: not part of the package, which is not to depend on MPI.
  install(TARGETS monet_mpi_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT mpi EXCLUDE_FROM_ALL)
  install(PROGRAMS ${PROJECT_SOURCE_DIR}/packaging/monet-mpirun DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT mpi
    EXCLUDE_FROM_ALL)
endif()
# Where scripts/install-deps.sh parquet has put it; the program looks in ../lib/monet.
install(FILES ${PROJECT_SOURCE_DIR}/build/npm/duckdb/libduckdb.so DESTINATION lib/monet OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/build/npm/duckdb/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.duckdb
  OPTIONAL)
foreach(header IN LISTS MONET_PUBLIC_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder})
endforeach()
install(EXPORT monet-targets NAMESPACE monet:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/monet)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/monet-config.cmake.in ${PROJECT_BINARY_DIR}/monet-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/monet)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/monet-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/monet-config.cmake ${PROJECT_BINARY_DIR}/monet-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/monet)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
