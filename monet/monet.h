#pragma once

/// What most programs on this library need: read or make a dataset, train, open what was trained, recommend, evaluate,
/// compare. Each header stands alone, too (docs/architecture.md).

#include "monet/core/error.h"
#include "monet/core/thread_pool.h"
#include "monet/data/load.h"
#include "monet/eval/evaluator.h"
#include "monet/models/model.h"
#include "monet/models/options.h"
#include "monet/prepare/prepare.h"
#include "monet/recommend/recommender.h"
#include "monet/recommend/render.h"
#include "monet/synth/generator.h"
#include "monet/train/trainer.h"
