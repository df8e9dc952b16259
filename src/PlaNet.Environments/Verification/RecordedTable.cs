using System.Globalization;

namespace PlaNet.Environments.Verification;

/// <summary>A CSV file of recorded values: one header line, comma-separated, doubles in shortest round-trip form.</summary>
public sealed class RecordedTable
{
    private readonly string _file;
    private readonly string[] _columns;
    private readonly string[][] _rows;

    /// <summary>Parses the lines of a file.</summary>
    /// <param name="file">Name of the file, for error messages.</param>
    /// <param name="lines">The header line, then one line per row.</param>
    /// <exception cref="ReferenceDataException">There is no row, or a row has more or fewer values than the header.</exception>
    public RecordedTable(string file, IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        if (lines.Count < 2)
        {
            throw new ReferenceDataException(
                $"{file} has {lines.Count} line(s) but needs a header line and at least one row: restore the recorded file.");
        }

        (_file, _columns, _rows) = (file, lines[0].Split(','), [.. lines.Skip(1).Select(line => line.Split(','))]);
        var ragged = Array.FindIndex(_rows, row => row.Length != _columns.Length);
        if (ragged >= 0)
        {
            throw new ReferenceDataException(
                $"{file}, line {ragged + 2}: {_rows[ragged].Length} values, but the header has {_columns.Length} columns: "
                + "restore the recorded file.");
        }
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Number of rows below the header.</summary>
    public int Rows => _rows.Length;

    /// <summary>Whether a column exists.</summary>
    /// <param name="column">Name of the column.</param>
    public bool Has(string column)
    {
        return Array.IndexOf(_columns, column) >= 0;
    }

    /// <summary>Returns a value as text.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Name of the column.</param>
    public string Text(int row, string column)
    {
        return _rows[row][Index(column)];
    }

    /// <summary>Parses a value as a number.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Name of the column.</param>
    /// <exception cref="ReferenceDataException">There is no such column, or the value is not a number.</exception>
    public double Number(int row, string column)
    {
        return Parse(row, Index(column));
    }

    /// <summary>Parses the values of the columns prefix_0, prefix_1 and so on.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="prefix">Column name without its number; an empty array is returned if no column has it.</param>
    /// <exception cref="ReferenceDataException">A value is not a number.</exception>
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
            : throw new ReferenceDataException(
                $"{_file}, line {row + 2}: '{_rows[row][column]}' in column {_columns[column]} must be a number. Restore the file.");
    }

    private int Index(string column)
    {
        var index = Array.IndexOf(_columns, column);
        return index >= 0
            ? index
            : throw new ReferenceDataException(
                $"{_file} has no column {column}, only {string.Join(", ", _columns)}: restore the recorded file.");
    }
}
