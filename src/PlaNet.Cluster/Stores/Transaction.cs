using System.Data.Common;

namespace PlaNet.Cluster.Stores;

/// <summary>An open transaction.</summary>
/// <param name="database">The database.</param>
/// <param name="connection">The connection on which the transaction was begun.</param>
/// <param name="transaction">The driver's transaction; null if it was begun by a statement on the connection.</param>
internal sealed class Transaction(Database database, DbConnection connection, DbTransaction? transaction)
{
    /// <summary>Creates a command.</summary>
    /// <param name="text">The SQL statement. It must not contain user input, which belongs into parameters.</param>
    /// <param name="values">The parameters; those with a null value are left out.</param>
    public DbCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The text contains no user input.
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
            database.AddTimeParameter(command);
        }

        return command;
    }

    /// <summary>Executes a statement.</summary>
    /// <returns>Number of changed rows.</returns>
    public int Execute(string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(text, values);
        return command.ExecuteNonQuery();
    }
}
