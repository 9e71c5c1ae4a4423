using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Prism.Tests.Upgrade;

/// <summary>A value of any contract with everything in it set to something that is not its default.</summary>
internal sealed class Sample
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Dictionary<Type, Func<int, object>> Leaves = new()
    {
        [typeof(string)] = number => string.Create(CultureInfo.InvariantCulture, $"text {number}"),
        [typeof(bool)] = _ => true,
        [typeof(int)] = number => number,
        [typeof(long)] = number => (long)number,
        [typeof(uint)] = number => (uint)number,
        [typeof(double)] = number => number + 0.5,
        [typeof(decimal)] = number => number + 0.25m,
        [typeof(DateTimeOffset)] = number => Moment.AddMinutes(number),
        [typeof(DateOnly)] = number => DateOnly.FromDateTime(Moment.UtcDateTime).AddDays(number),
        [typeof(TimeSpan)] = number => TimeSpan.FromSeconds(number),
        [typeof(Guid)] = number => new Guid(number, 0, 0, new byte[8]),
        [typeof(SiloAddress)] = number => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111), number),
        [typeof(JsonElement)] = number => JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"json":{{number}}}""")),
    };

    private readonly Stack<Type> _under = new();
    private int _number;

    /// <summary>A value of a type; null where it would have itself in it, without an end.</summary>
    public static object? Of(Type type) => new Sample().Create(type);

    private object? Create(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        _number++;
        return Leaves.TryGetValue(type, out var leaf) ? leaf(_number)
            : type.IsEnum ? Enum.GetValues(type).Cast<object>().Last()
            : FindElements(type) is { } elements ? CreateMany(type, elements)
            : _under.Contains(type) ? null
            : CreateContract(type);
    }

    private object CreateContract(Type type)
    {
        Assert.True(type.Namespace!.StartsWith("Prism", StringComparison.Ordinal) && !type.IsAbstract, $"There is no sample of {type}.");
        _under.Push(type);
        var value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var member in Members.Of(type))
        {
            Members.Set(member, value, Create(Members.TypeOf(member)));
        }

        _under.Pop();
        return value;
    }

    private static Type[]? FindElements(Type type) =>
        type.IsArray ? [type.GetElementType()!]
        : type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) ? type.GetGenericArguments()
        : null;

    private object CreateMany(Type type, Type[] elements)
    {
        var items = elements.Select(Create).ToArray();
        if (elements.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(elements))!;
            map.Add(items[0]!, items[1]);
            return Convert(type, map, nameof(ImmutableDictionary.ToImmutableDictionary), typeof(ImmutableDictionary), elements);
        }

        // None of what has itself in it.
        var list = Array.CreateInstance(elements[0], items[0] is null ? 0 : 1);
        if (items[0] is not null)
        {
            list.SetValue(items[0], 0);
        }

        return type.IsAssignableFrom(list.GetType()) ? list
            : type.IsAssignableFrom(typeof(List<>).MakeGenericType(elements)) ? Activator.CreateInstance(typeof(List<>).MakeGenericType(elements), list)!
            : Convert(type, list, nameof(ImmutableArray.ToImmutableArray), typeof(ImmutableArray), elements);
    }

    private static object Convert(Type type, object items, string method, Type factory, Type[] elements)
    {
        if (type.IsInstanceOfType(items))
        {
            return items;
        }

        var toImmutable = factory.GetMethods().Single(one =>
            one.Name == method
            && one.GetGenericArguments().Length == elements.Length
            && one.GetParameters() is [{ ParameterType: { IsGenericType: true } parameter }]
            && parameter.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return toImmutable.MakeGenericMethod(elements).Invoke(null, [items])!;
    }
}
