#include "monet/candidates/detail/centroids.h"
#include "monet/candidates/detail/cluster.h"

#include <faiss/Clustering.h>
#include <faiss/Index.h>

#include <algorithm>
#include <cstdint>
#include <vector>

// Faiss on Debian brings libgomp; declared here because <omp.h> belongs to whichever compiler is at work.
extern "C" void omp_set_num_threads(int threads);

namespace monet::candidates::detail {

namespace {

constexpr int kIterations = 8;

/// What Faiss asks for the nearest centroid: by our own product on our pool, as Faiss's is that of whichever BLAS is
/// installed, by default the reference one.
class NearestCentroid final : public faiss::Index {
 public:
  NearestCentroid(ThreadPool& pool, monet::Index width, const std::atomic<bool>* stop)
      : faiss::Index(width), pool_(&pool), stop_(stop) {}

  void add(idx_t n, const float* points) override {
    centroids_ = Centroids({points, n, d});
    ntotal = n;
  }
  void reset() override { ntotal = 0; }
  void search(idx_t n, const float* rows, idx_t, float* distances, idx_t* labels,
              const faiss::SearchParameters*) const override {
    std::vector<std::int32_t> nearest(static_cast<std::size_t>(n));
    centroids_.assign(*pool_, {rows, n, d}, nearest, {distances, static_cast<std::size_t>(n)}, stop_);
    std::copy(nearest.begin(), nearest.end(), labels);
  }

 private:
  ThreadPool* pool_;
  const std::atomic<bool>* stop_;
  Centroids centroids_;
};

}  // namespace

bool can_cluster() {
  return true;
}

Matrix<float> cluster(ThreadPool& pool, const Matrix<float>& sample, monet::Index k, std::int32_t seed,
                      const std::atomic<bool>* stop) {
  omp_set_num_threads(1);  // of this thread: our pool owns the others
  faiss::ClusteringParameters parameters;
  parameters.niter = kIterations;
  parameters.seed = seed;
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = 1 << 20;
  faiss::Clustering clustering(static_cast<int>(sample.cols()), static_cast<int>(std::min(k, sample.rows())),
                               parameters);
  NearestCentroid nearest(pool, sample.cols(), stop);
  clustering.train(sample.rows(), sample.data(), nearest);
  return Matrix<float>::copy_of({clustering.centroids.data(), static_cast<monet::Index>(clustering.k), sample.cols()});
}

}  // namespace monet::candidates::detail
