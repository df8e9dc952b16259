namespace PlaNet.Telemetry.Pictures;

/// <summary>
/// At most 256 colours for a clip, and the nearest of them for every colour. A clip of no more colours keeps them exactly; others are
/// reduced by median cut over 32 levels a channel, each box standing for its mean colour.
/// </summary>
public sealed class GifPalette
{
    private const int MaxColours = 256;
    private readonly Dictionary<int, byte>? _exact;
    private readonly byte[] _nearest = [];

    private GifPalette(byte[] colours, Dictionary<int, byte>? exact, byte[] nearest)
    {
        Colours = colours;
        _exact = exact;
        _nearest = nearest;
    }

    /// <summary>The colours <c>[n, 3]</c>, RGB, n at most 256.</summary>
    public byte[] Colours { get; }

    /// <summary>True if every colour of the clip is in the palette.</summary>
    public bool IsExact => _exact is not null;

    /// <summary>A palette for the colours of a clip.</summary>
    /// <param name="clip">The clip.</param>
    public static GifPalette Of(Clip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return Exact(clip.Pixels) ?? MedianCut(clip.Pixels);
    }

    /// <summary>Index of the colour that stands for a colour of the clip.</summary>
    /// <param name="red">0 to 255.</param>
    /// <param name="green">0 to 255.</param>
    /// <param name="blue">0 to 255.</param>
    public byte IndexOf(byte red, byte green, byte blue)
    {
        return _exact is null ? _nearest[Bin(red, green, blue)] : _exact[(red << 16) | (green << 8) | blue];
    }

    private static int Bin(byte red, byte green, byte blue)
    {
        return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
    }

    private static GifPalette? Exact(byte[] pixels)
    {
        var indices = new Dictionary<int, byte>();
        var colours = new List<byte>();
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var colour = (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
            if (indices.ContainsKey(colour))
            {
                continue;
            }

            if (indices.Count == MaxColours)
            {
                return null;
            }

            indices.Add(colour, (byte)indices.Count);
            colours.AddRange(pixels.AsSpan(i, 3));
        }

        return new GifPalette([.. colours], indices, []);
    }

    private static GifPalette MedianCut(byte[] pixels)
    {
        var cells = Histogram(pixels);
        var boxes = new List<Box> { new(cells, 0, cells.Length) };
        while (boxes.Count < MaxColours)
        {
            var widest = -1;
            for (var i = 0; i < boxes.Count; i++)
            {
                if (boxes[i].Priority > 0 && (widest < 0 || boxes[i].Priority > boxes[widest].Priority))
                {
                    widest = i;
                }
            }

            if (widest < 0)
            {
                break;
            }

            var (low, high) = boxes[widest].Split();
            boxes[widest] = low;
            boxes.Add(high);
        }

        var colours = boxes.SelectMany(box => box.Mean()).ToArray();
        var nearest = new byte[1 << 15];
        foreach (var cell in cells)
        {
            nearest[Bin((byte)cell.Red, (byte)cell.Green, (byte)cell.Blue)] = Nearest(colours, cell);
        }

        return new GifPalette(colours, null, nearest);
    }

    private static Cell[] Histogram(byte[] pixels)
    {
        var counts = new long[1 << 15];
        var sums = new long[3 << 15];
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var bin = Bin(pixels[i], pixels[i + 1], pixels[i + 2]);
            counts[bin]++;
            sums[3 * bin] += pixels[i];
            sums[(3 * bin) + 1] += pixels[i + 1];
            sums[(3 * bin) + 2] += pixels[i + 2];
        }

        return [.. Enumerable.Range(0, counts.Length).Where(bin => counts[bin] > 0).Select(bin => new Cell(
            counts[bin],
            sums[3 * bin] / (double)counts[bin],
            sums[(3 * bin) + 1] / (double)counts[bin],
            sums[(3 * bin) + 2] / (double)counts[bin]))];
    }

    private static byte Nearest(byte[] colours, Cell cell)
    {
        var (best, smallest) = (0, double.PositiveInfinity);
        for (var i = 0; i < colours.Length / 3; i++)
        {
            var distance = Square(colours[3 * i] - cell.Red) + Square(colours[(3 * i) + 1] - cell.Green) + Square(colours[(3 * i) + 2] - cell.Blue);
            if (distance < smallest)
            {
                (best, smallest) = (i, distance);
            }
        }

        return (byte)best;
    }

    private static double Square(double value)
    {
        return value * value;
    }

    private sealed record Cell(long Count, double Red, double Green, double Blue)
    {
        public double Channel(int index)
        {
            return index switch { 0 => Red, 1 => Green, _ => Blue };
        }
    }

    /// <summary>A range of the cells, which a split sorts along its widest channel.</summary>
    private sealed class Box
    {
        private readonly Cell[] _cells;
        private readonly int _start;
        private readonly int _end;
        private readonly int _channel;

        public Box(Cell[] cells, int start, int end)
        {
            (_cells, _start, _end) = (cells, start, end);
            for (var channel = 0; channel < 3; channel++)
            {
                var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
                long count = 0;
                foreach (var cell in cells.AsSpan(start, end - start))
                {
                    (low, high) = (Math.Min(low, cell.Channel(channel)), Math.Max(high, cell.Channel(channel)));
                    count += cell.Count;
                }

                // Wide boxes first, but many pixels count too: a sky deserves its gradient.
                var priority = end - start < 2 ? 0 : (high - low) * Math.Sqrt(count);
                if (priority > Priority)
                {
                    (_channel, Priority) = (channel, priority);
                }
            }
        }

        public double Priority { get; }

        public (Box Low, Box High) Split()
        {
            var cells = _cells.AsSpan(_start, _end - _start);
            cells.Sort((one, other) => one.Channel(_channel).CompareTo(other.Channel(_channel)));
            long total = 0, half = 0;
            foreach (var cell in cells)
            {
                total += cell.Count;
            }

            var cut = 0;
            while (cut < cells.Length - 1 && (cut == 0 || half + cells[cut].Count <= total / 2))
            {
                half += cells[cut++].Count;
            }

            return (new Box(_cells, _start, _start + cut), new Box(_cells, _start + cut, _end));
        }

        public byte[] Mean()
        {
            double red = 0, green = 0, blue = 0, count = 0;
            foreach (var cell in _cells.AsSpan(_start, _end - _start))
            {
                red += cell.Count * cell.Red;
                green += cell.Count * cell.Green;
                blue += cell.Count * cell.Blue;
                count += cell.Count;
            }

            return [(byte)Math.Round(red / count), (byte)Math.Round(green / count), (byte)Math.Round(blue / count)];
        }
    }
}
