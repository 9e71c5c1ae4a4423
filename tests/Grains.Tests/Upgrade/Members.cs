using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Tests.Upgrade;

/// <summary>What of a type is sent or stored, and what it says, whatever type it is.</summary>
internal static class Members
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The members that are sent or stored: those with an id or, where none has one, those that JSON writes.</summary>
    public static IReadOnlyList<MemberInfo> Of(Type type)
    {
        var members = type.GetMembers(All).Where(member => member is FieldInfo or PropertyInfo { SetMethod: not null }).ToList();
        var numbered = members.Where(member => member.GetCustomAttribute<IdAttribute>() is not null).ToList();
        return numbered.Count > 0
            ? [.. numbered.OrderBy(member => member.GetCustomAttribute<IdAttribute>()!.Id)]
            : [.. members.OfType<PropertyInfo>().Where(property =>
                property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0 && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)];
    }

    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    public static object? Get(MemberInfo member, object owner) =>
        member is PropertyInfo property ? property.GetValue(owner) : ((FieldInfo)member).GetValue(owner);

    public static void Set(MemberInfo member, object owner, object? value)
    {
        if (member is PropertyInfo property)
        {
            property.SetValue(owner, value);
        }
        else
        {
            ((FieldInfo)member).SetValue(owner, value);
        }
    }

    /// <summary>Everything that a value says, one line each: <c>.Steps[0].Name = x</c>.</summary>
    public static IEnumerable<string> Describe(object? value, string path = "") => value switch
    {
        null => [$"{path} = null"],
        JsonElement json => [$"{path} = {(json.ValueKind == JsonValueKind.Undefined ? "" : json.GetRawText())}"],
        string or Enum => [$"{path} = {value}"],
        IDictionary map => map.Keys.Cast<object>().SelectMany(key => Describe(map[key], $"{path}[{key}]")),
        IEnumerable list => list.Cast<object?>().SelectMany((item, index) => Describe(item, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]")),
        _ when Of(value.GetType()) is { Count: > 0 } members && value.GetType().Namespace!.StartsWith("Prism", StringComparison.Ordinal) =>
            members.SelectMany(member => Describe(Get(member, value), $"{path}.{member.Name}")),
        IFormattable leaf => [$"{path} = {leaf.ToString(null, CultureInfo.InvariantCulture)}"],
        _ => [$"{path} = {value}"],
    };
}
