// Tiles out of a PMTiles archive (version 3) on any web server that answers Range requests: the
// header and the directories are read once, then one request a tile.
"use strict";

(() => {
  const headerBytes = 127;
  const frontBytes = 16384;
  const depthLimit = 4;
  const keptDirectories = 64;

  async function fetched(address, offset, length) {
    const response = await fetch(address, {
      headers: { Range: `bytes=${offset}-${offset + length - 1}` },
    });
    if (response.status !== 206) {
      response.body?.cancel();
      throw new Error(`The server answers ${response.status} to a Range request.`);
    }
    return response.arrayBuffer();
  }

  async function unpacked(buffer, compression) {
    if (compression === 1) return buffer;
    if (compression !== 2) throw new Error(`Compression ${compression} is not read.`);
    const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  // Numbers stay below 2^53: a file has fewer bytes and zoom 20 fewer tiles.
  function directory(buffer) {
    const bytes = new Uint8Array(buffer);
    let position = 0;
    const number = () => {
      let value = 0;
      let scale = 1;
      for (;;) {
        if (position >= bytes.length) throw new Error("A directory is cut off.");
        const byte = bytes[position++];
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
        scale *= 128;
      }
    };
    const count = number();
    if (count > bytes.length / 4) throw new Error("A directory is damaged.");
    const entries = Array.from({ length: count }, () => ({ number: 0, run: 0, length: 0, offset: 0 }));
    let last = 0;
    for (const entry of entries) entry.number = last += number();
    for (const entry of entries) entry.run = number();
    for (const entry of entries) entry.length = number();
    entries.forEach((entry, index) => {
      const stored = number();
      const before = entries[index - 1];
      entry.offset = stored === 0 && before ? before.offset + before.length : stored - 1;
    });
    return entries;
  }

  function entryFor(number, entries) {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle].number <= number) low = middle + 1;
      else high = middle;
    }
    return entries[low - 1];
  }

  /** A tile's place in the archive: the tiles of the zooms above, then the Hilbert curve. */
  function tileNumber(z, x, y) {
    let number = (4 ** z - 1) / 3;
    for (let side = 2 ** z / 2; side >= 1; side /= 2) {
      const right = x & side ? 1 : 0;
      const lower = y & side ? 1 : 0;
      number += side * side * ((3 * right) ^ lower);
      if (lower === 0) {
        if (right === 1) {
          x = side - 1 - (x & (side - 1));
          y = side - 1 - (y & (side - 1));
        }
        [x, y] = [y, x];
      }
    }
    return number;
  }

  class Archive {
    #address;
    #front = null;
    #leaves = new Map();

    constructor(address) {
      this.#address = address;
    }

    async #start() {
      const buffer = await fetched(this.#address, 0, frontBytes);
      const view = new DataView(buffer);
      const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 7));
      if (buffer.byteLength < headerBytes || magic !== "PMTiles" || view.getUint8(7) !== 3) {
        throw new Error("The archive is not PMTiles version 3.");
      }
      const whole = (at) => Number(view.getBigUint64(at, true));
      const compression = view.getUint8(97);
      const root = buffer.slice(whole(8), whole(8) + whole(16));
      return {
        compression,
        leaves: whole(40),
        tiles: whole(56),
        type: ["", "", "image/png", "image/jpeg", "image/webp", "image/avif"][view.getUint8(99)],
        root: directory(await unpacked(root, compression)),
      };
    }

    #leaf(front, entry) {
      let leaf = this.#leaves.get(entry.offset);
      if (!leaf) {
        leaf = fetched(this.#address, front.leaves + entry.offset, entry.length)
          .then((buffer) => unpacked(buffer, front.compression))
          .then(directory);
        leaf.catch(() => this.#leaves.delete(entry.offset));
        if (this.#leaves.size >= keptDirectories) {
          this.#leaves.delete(this.#leaves.keys().next().value);
        }
        this.#leaves.set(entry.offset, leaf);
      }
      return leaf;
    }

    /** The picture of a tile as a Blob; null where the archive has none. */
    async tile(z, x, y) {
      this.#front ??= this.#start();
      const front = await this.#front.catch((error) => {
        this.#front = null;
        throw error;
      });
      const number = tileNumber(z, x, y);
      let entries = front.root;
      for (let depth = 0; depth < depthLimit; depth += 1) {
        const entry = entryFor(number, entries);
        if (!entry) return null;
        if (entry.run > 0) {
          if (number - entry.number >= entry.run) return null;
          const buffer = await fetched(this.#address, front.tiles + entry.offset, entry.length);
          return new Blob([buffer], { type: front.type });
        }
        entries = await this.#leaf(front, entry);
      }
      throw new Error("The archive's directories are nested too deep.");
    }
  }

  const ArchiveLayer = L.GridLayer.extend({
    initialize(address, options) {
      L.setOptions(this, options);
      this._archive = new Archive(address);
    },
    createTile({ x, y, z }, done) {
      const image = document.createElement("img");
      image.alt = "";
      const fail = (error) => done(error, image);
      this._archive.tile(z, x, y).then((blob) => {
        if (!blob) return fail(Object.assign(new Error("No tile."), { isAbsent: true }));
        const address = URL.createObjectURL(blob);
        image.onload = () => {
          URL.revokeObjectURL(address);
          done(null, image);
        };
        image.onerror = () => fail(new Error("The picture is damaged."));
        image.src = address;
      }, fail);
      return image;
    },
  });

  /** A Leaflet layer of the archive at `address`, taken from the page's folder. */
  window.machizuArchiveLayer = (address, options) => new ArchiveLayer(address, options);
})();
