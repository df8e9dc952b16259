using System.Globalization;

namespace PlaNet.Environments.Verification;

/// <summary>A CSV file of recorded figures: one header line, a comma between values, doubles in shortest round-trip form.</summary>
public sealed class RecordedTable
{
    private readonly string _file;
    private readonly string[] _columns;
    private readonly string[][] _rows;

    /// <summary>Reads the text of a file.</summary>
    /// <param name="file">Name of the file, for messages.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="ReferenceDataException">There is no row, or a row has more or fewer values than the header.</exception>
    public RecordedTable(string file, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        if (lines.Count < 2)
        {
            throw new ReferenceDataException($"{file} has {lines.Count} line(s) but needs a header line and at least one row.");
        }

        (_file, _columns, _rows) = (file, lines[0].Split(','), [.. lines.Skip(1).Select(line => line.Split(','))]);
        var ragged = Array.FindIndex(_rows, row => row.Length != _columns.Length);
        if (ragged >= 0)
        {
            throw new ReferenceDataException($"{file}, line {ragged + 2}: {_rows[ragged].Length} values under {_columns.Length} columns; the file is damaged.");
        }
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Number of rows below the header.</summary>
    public int Rows => _rows.Length;

    /// <summary>Whether there is a column.</summary>
    /// <param name="column">Its name.</param>
    public bool Has(string column)
    {
        return Array.IndexOf(_columns, column) >= 0;
    }

    /// <summary>A value as it is written.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Name of the column.</param>
    public string Text(int row, string column)
    {
        return _rows[row][Index(column)];
    }

    /// <summary>A number.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Name of the column.</param>
    /// <exception cref="ReferenceDataException">There is no such column, or the value is no number.</exception>
    public double Number(int row, string column)
    {
        return Parse(row, Index(column));
    }

    /// <summary>The numbers of the columns prefix_0, prefix_1 and so on.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="prefix">The prefix.</param>
    /// <exception cref="ReferenceDataException">A value is no number.</exception>
    public double[] Vector(int row, string prefix)
    {
        var values = new List<double>();
        for (var column = Array.IndexOf(_columns, $"{prefix}_0"); column >= 0; column = Array.IndexOf(_columns, $"{prefix}_{values.Count}"))
        {
            values.Add(Parse(row, column));
        }

        return [.. values];
    }

    private double Parse(int row, int column)
    {
        return double.TryParse(_rows[row][column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ReferenceDataException($"{_file}, line {row + 2}: '{_rows[row][column]}' in column {_columns[column]} is no number.");
    }

    private int Index(string column)
    {
        var index = Array.IndexOf(_columns, column);
        return index >= 0 ? index : throw new ReferenceDataException($"{_file} has no column {column}; it has {string.Join(", ", _columns)}.");
    }
}
