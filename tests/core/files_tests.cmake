# The files folder of the core layer.
monet_test(files
  SOURCES files/atomic_test.cpp files/foreign_test.cpp files/hash_test.cpp files/npy_test.cpp
    files/replaceable_test.cpp files/safetensors_test.cpp
  LAYERS core)
