using System.Collections;
using System.Reflection;
using PlaNet.Cluster.Wire;

namespace PlaNet.Tests.Fuzz;

/// <summary>Messages between nodes, made and checked by the types of their fields.</summary>
internal static class AnyMessage
{
    private static readonly NullabilityInfoContext s_context = new();

    /// <summary>A message in which all optional fields have values, and one in which none has.</summary>
    public static IEnumerable<IWireMessage> Of(string manifest)
    {
        var type = WireManifests.Current.Find(manifest)!.Type;
        return [(IWireMessage)Record(type, optional: true), (IWireMessage)Record(type, optional: false)];
    }

    /// <summary>Fails if a reference that must not be null is null anywhere in a message,
    /// or a value is not one of its enumeration.</summary>
    public static void RequireWhole(object record)
    {
        foreach (var property in record.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            Require(property.GetValue(record), s_context.Create(property), $"{record.GetType().Name}.{property.Name}");
        }
    }

    private static void Require(object? value, NullabilityInfo info, string name)
    {
        switch (value)
        {
            case null:
                Assert.True(info.ReadState == NullabilityState.Nullable, $"{name} is null.");
                break;
            case Enum choice:
                Assert.True(Enum.IsDefined(choice.GetType(), choice), $"{name} is {choice}.");
                break;
            case IDictionary map:
                foreach (var key in map.Keys)
                {
                    Require(key, info.GenericTypeArguments[0], $"a key of {name}");
                    Require(map[key], info.GenericTypeArguments[1], $"a value of {name}");
                }

                break;
            case IEnumerable items when value is not string:
                foreach (var item in items)
                {
                    Require(item, info.GenericTypeArguments[0], $"an item of {name}");
                }

                break;
            case var other when other.GetType().Assembly == typeof(IWireMessage).Assembly:
                RequireWhole(other);
                break;
        }
    }

    private static object Record(Type type, bool optional)
    {
        var made = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        return made.Invoke([.. made.GetParameters().Select(parameter =>
            !optional && s_context.Create(parameter).ReadState == NullabilityState.Nullable ? null
            : parameter.Name == "Sha256" ? new string('a', 64)
            : Value(parameter.ParameterType, optional))]);
    }

    private static object Value(Type type, bool optional)
    {
        var types = type.IsGenericType ? type.GetGenericArguments() : [];
        if (type == typeof(string))
        {
            return "a";
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>([1, 2, 3]);
        }

        if (type == typeof(DateTimeOffset))
        {
            return DateTimeOffset.UnixEpoch.AddYears(50);
        }

        if (type == typeof(TimeSpan))
        {
            return TimeSpan.FromSeconds(1.5);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(0)!;
        }

        if (type.IsValueType)
        {
            return types is [var inner] ? Value(inner, optional) : Convert.ChangeType(1, type);
        }

        if (types is [var key, var value])
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
            map.Add(Value(key, optional), Value(value, optional));
            return map;
        }

        if (types is [var item])
        {
            var list = Array.CreateInstance(item, 1);
            list.SetValue(Value(item, optional), 0);
            return list;
        }

        return Record(type, optional);
    }
}
