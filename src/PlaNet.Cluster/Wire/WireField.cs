using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using MessagePack;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// A field of a record on the wire. MessagePack fills references that must not be null with null, and enumerations with unknown values;
/// this finds them at any depth.
/// </summary>
/// <param name="Property">The field.</param>
/// <param name="Nullability">Whether the field, and the items of its list or dictionary, may be null.</param>
internal sealed record WireField(PropertyInfo Property, NullabilityInfo Nullability)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<WireField>> s_fields = new();

    /// <summary>The fields of a record, by their keys.</summary>
    public static IReadOnlyList<WireField> Of(Type type) => s_fields.GetOrAdd(type, static record =>
    {
        var context = new NullabilityInfoContext();
        return
        [
            .. record.GetProperties()
                .Where(property => property.GetCustomAttribute<KeyAttribute>() is not null)
                .Select(property => new WireField(property, context.Create(property))),
        ];
    });

    /// <summary>The first null or unknown value that the fields of a record must not have; null if there is none.</summary>
    public static string? FlawOf(object record, IReadOnlyList<WireField> fields)
    {
        foreach (var field in fields)
        {
            if (FlawOf(field.Property.GetValue(record), field.Nullability, field.Property.Name) is { } flaw)
            {
                return flaw;
            }
        }

        return null;
    }

    private static string? FlawOf(object? value, NullabilityInfo nullability, string name) => value switch
    {
        null => nullability.ReadState == NullabilityState.NotNull ? $"{name} is missing" : null,
        string => null,
        Enum choice => Enum.IsDefined(choice.GetType(), choice) ? null : $"{name} has the unknown value {choice}",
        IDictionary map => FlawOf(map.Keys, nullability.GenericTypeArguments[0], name)
            ?? FlawOf(map.Values, nullability.GenericTypeArguments[1], name),
        IEnumerable items => FlawOf(items, nullability.GenericTypeArguments[0], name),
        _ when value.GetType().IsDefined(typeof(MessagePackObjectAttribute)) => FlawOf(value, Of(value.GetType())),
        _ => null,
    };

    private static string? FlawOf(IEnumerable items, NullabilityInfo nullability, string name)
    {
        foreach (var item in items)
        {
            if (FlawOf(item, nullability, $"an item of {name}") is { } flaw)
            {
                return flaw;
            }
        }

        return null;
    }
}
