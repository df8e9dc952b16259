using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>The Python dictionary in the header of an .npy file: exactly the keys descr, fortran_order and shape, in any order.</summary>
internal static class NpyDictionary
{
    /// <summary>Parses and checks the type code and the shape.</summary>
    /// <param name="text">The dictionary, including its padding.</param>
    /// <exception cref="InvalidDataException">The dictionary is malformed, or element type or order are not supported.</exception>
    public static (string TypeCode, int[] Shape) Parse(string text)
    {
        var reader = new Reader(text);
        string? typeCode = null;
        int[]? shape = null;
        bool? fortranOrder = null;
        reader.Expect('{');
        while (!reader.TryTake('}'))
        {
            var key = reader.Text();
            reader.Expect(':');
            switch (key)
            {
                case "descr" when typeCode is null:
                    typeCode = reader.TypeCode();
                    break;
                case "fortran_order" when fortranOrder is null:
                    fortranOrder = reader.Boolean();
                    break;
                case "shape" when shape is null:
                    shape = reader.Shape();
                    break;
                default:
                    throw reader.Error($"the key '{OneLine.Of(key)}' is unknown or repeated");
            }

            if (!reader.TryTake(','))
            {
                reader.Expect('}');
                break;
            }
        }

        reader.ExpectEnd();
        if (typeCode is null || shape is null || fortranOrder is null)
        {
            throw reader.Error("one of the keys descr, fortran_order and shape is missing");
        }

        if (fortranOrder.Value)
        {
            throw new InvalidDataException("The array is in Fortran order, which is not supported: save it after numpy.ascontiguousarray.");
        }

        if (!NpyArray.SupportedTypes.Contains(typeCode))
        {
            var what = typeCode switch
            {
                ['>', ..] => "big-endian numbers",
                [_, 'O', ..] or ['O', ..] => "Python objects",
                _ => "elements of another type",
            };
            throw new InvalidDataException(
                $"The array holds {what} ('{OneLine.Of(typeCode)}'), which are not supported: " +
                $"convert it with astype to one of {string.Join(", ", NpyArray.SupportedTypes)}.");
        }

        return (typeCode, shape);
    }

    private struct Reader(string text)
    {
        private int _position;

        public readonly InvalidDataException Error(string reason)
        {
            return new InvalidDataException(
                $"Malformed .npy header: {reason} (at character {_position} of \"{OneLine.Of(text.Trim())}\"). "
                + "Write the array again with numpy.save.");
        }

        public bool TryTake(char symbol)
        {
            while (_position < text.Length && text[_position] == ' ')
            {
                _position++;
            }

            if (_position >= text.Length || text[_position] != symbol)
            {
                return false;
            }

            _position++;
            return true;
        }

        public void Expect(char symbol)
        {
            if (!TryTake(symbol))
            {
                throw Error($"'{symbol}' is expected");
            }
        }

        public readonly void ExpectEnd()
        {
            if (text.AsSpan(_position).Trim(" \n").Length > 0)
            {
                throw Error("there is text after the dictionary");
            }
        }

        public string Text()
        {
            var quote = TryTake('"') ? '"' : '\'';
            if (quote == '\'')
            {
                Expect('\'');
            }

            var end = text.IndexOf(quote, _position);
            if (end < 0)
            {
                throw Error("a string has no closing quote");
            }

            var value = text[_position..end];
            _position = end + 1;
            return value;
        }

        public string TypeCode()
        {
            if (TryTake('['))
            {
                throw new InvalidDataException(
                    "The array has named fields, which are not supported: save each field as a separate array.");
            }

            return Text();
        }

        public bool Boolean()
        {
            TryTake(' ');
            foreach (var (word, value) in ((string, bool)[])[("True", true), ("False", false)])
            {
                if (text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal))
                {
                    _position += word.Length;
                    return value;
                }
            }

            throw Error("True or False is expected");
        }

        public int[] Shape()
        {
            var shape = new List<int>();
            Expect('(');
            while (!TryTake(')'))
            {
                TryTake(' ');
                var start = _position;
                while (_position < text.Length && char.IsAsciiDigit(text[_position]))
                {
                    _position++;
                }

                if (!int.TryParse(text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                {
                    throw Error("the length of an axis is expected");
                }

                shape.Add(length);
                if (!TryTake(','))
                {
                    Expect(')');
                    break;
                }
            }

            return [.. shape];
        }
    }
}
