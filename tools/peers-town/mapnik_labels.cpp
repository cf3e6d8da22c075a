// mapnik_labels MAP.xml TILES.txt [ZOOM,...]: how many labels Mapnik places on each tile, one line
// "zoom tiles labels-a-tile" a zoom, or "z x y labels" a tile with --each.
//
// The renderer is lent the detector of collisions that it would make itself and leaves in it a box with
// its text for each label at a point, and one for each letter along a line. Boxes of one text that lie
// within 15 pixels of each other are one label; it counts where one of its boxes meets the tile.
#include <mapnik/agg_renderer.hpp>
#include <mapnik/datasource_cache.hpp>
#include <mapnik/font_engine_freetype.hpp>
#include <mapnik/image.hpp>
#include <mapnik/label_collision_detector.hpp>
#include <mapnik/load_map.hpp>
#include <mapnik/map.hpp>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

using Box = mapnik::box2d<double>;
using Detector = mapnik::label_collision_detector4;

static const double worldHalf = 20037508.342789244;
static const double tileSide = 256, letterGap = 15;

static int labelsMeeting(Box const &tile, std::vector<Box> const &boxes) {
  std::vector<size_t> label(boxes.size());
  std::iota(label.begin(), label.end(), 0);
  auto find = [&](size_t i) {
    while (label[i] != i) i = label[i] = label[label[i]];
    return i;
  };
  for (size_t i = 0; i < boxes.size(); i++) {
    Box grown = boxes[i];
    grown.pad(letterGap);
    for (size_t j = 0; j < i; j++)
      if (grown.intersects(boxes[j])) label[find(i)] = find(j);
  }
  std::map<size_t, bool> seen;
  for (size_t i = 0; i < boxes.size(); i++)
    if (tile.intersects(boxes[i])) seen[find(i)] = true;
  return static_cast<int>(seen.size());
}

int main(int argc, char **argv) {
  if (argc < 3) {
    std::fprintf(stderr, "mapnik_labels MAP.xml TILES.txt [--each]\n");
    return 2;
  }
  bool each = argc > 3 && !std::strcmp(argv[3], "--each");
  mapnik::datasource_cache::instance().register_datasources("/usr/lib/mapnik/3.1/input");
  mapnik::freetype_engine::register_font("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf");
  mapnik::Map map(256, 256);
  mapnik::load_map(map, argv[1], true);
  double margin = map.buffer_size();
  std::map<int, std::pair<int, int>> zooms;
  std::ifstream list(argv[2]);
  for (std::string line; std::getline(list, line);) {
    int z, x, y;
    if (std::sscanf(line.c_str(), "%d %d %d", &z, &x, &y) != 3) continue;
    double side = 2 * worldHalf / (1 << z);
    map.zoom_to_box(Box(-worldHalf + x * side, worldHalf - (y + 1) * side,
                        -worldHalf + (x + 1) * side, worldHalf - y * side));
    auto detector = std::make_shared<Detector>(
        Box(-margin, -margin, tileSide + margin, tileSide + margin));
    mapnik::image_rgba8 image(256, 256);
    mapnik::agg_renderer<mapnik::image_rgba8> renderer(map, image, detector);
    renderer.apply();
    std::map<std::string, std::vector<Box>> texts;
    for (auto it = detector->begin(); it != detector->end(); ++it) {
      std::string text;
      it->get().text.toUTF8String(text);
      if (!text.empty()) texts[text].push_back(it->get().box);
    }
    int labels = 0;
    for (auto &entry : texts)
      labels += labelsMeeting(Box(0, 0, tileSide, tileSide), entry.second);
    if (each) std::printf("%d %d %d %d\n", z, x, y, labels);
    zooms[z].first++;
    zooms[z].second += labels;
  }
  if (each) return 0;
  for (auto &zoom : zooms)
    std::printf("%d %d %.3f\n", zoom.first, zoom.second.first,
                double(zoom.second.second) / zoom.second.first);
}
