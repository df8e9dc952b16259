using System.Data.Common;

namespace PlaNet.Cluster.Stores;

/// <summary>A transaction under way.</summary>
/// <param name="database">Where.</param>
/// <param name="connection">Over which connection.</param>
/// <param name="transaction">What the driver knows it as; null where the connection itself is in it.</param>
internal sealed class Transaction(Database database, DbConnection connection, DbTransaction? transaction)
{
    /// <summary>A command with its parameters; those that are null are left out.</summary>
    /// <param name="text">The statement: the program's own, with whatever comes from outside as a parameter.</param>
    /// <param name="values">The parameters.</param>
    public DbCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The text is the program's own; everything that comes from outside is a parameter.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = value;
                command.Parameters.Add(parameter);
            }
        }

        if (text.Contains(database.Now, StringComparison.Ordinal))
        {
            database.AddTime(command);
        }

        return command;
    }

    /// <summary>Executes a statement.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="values">Its parameters.</param>
    /// <returns>Number of rows it changed.</returns>
    public int Execute(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(text, values);
        return command.ExecuteNonQuery();
    }
}
