using System.Reflection;
using System.Text.Json;
using Prism.Grains.Chains.Running;
using Prism.Grains.Storage;

namespace Prism.Tests.Upgrade;

/// <summary>What a version before has stored is read, and written again without a loss.</summary>
public sealed class OldStateTests
{
    private const string Kind = "States";

    private static readonly MethodInfo Rewriting = typeof(OldStateTests).GetMethod(nameof(Rewrite), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo Writing = typeof(OldStateTests).GetMethod(nameof(Write), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static TheoryData<string> Files => [.. GoldenFiles.NamesOf(Kind)];

    // Every type that a grain has a persistent state of.
    private static IEnumerable<Type> States => typeof(ChainGrain).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(Grain)))
        .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        .SelectMany(constructor => constructor.GetParameters())
        .Select(parameter => parameter.ParameterType)
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
        .Select(type => type.GetGenericArguments()[0])
        .Distinct();

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_version_before_has_stored_is_kept(string file)
    {
        var stored = GoldenFiles.Read(Kind, file);
        var type = States.Single(type => FileOf(type) == file);

        var rewritten = (string)Rewriting.MakeGenericMethod(type).Invoke(null, [stored])!;

        Assert.Empty(Describe(stored).Except(Describe(rewritten)));
    }

    [Fact]
    public void Every_state_is_kept() => GoldenFiles.AssertComplete(Kind, States.ToDictionary(
        FileOf, type => new Func<string>(() => (string)Writing.MakeGenericMethod(type).Invoke(null, [Sample.Of(type)])!)));

    private static string FileOf(Type type) => type.Name + ".json";

    private static string Rewrite<T>(string stored) => Write(new GrainStateSerializer().Deserialize<T>(BinaryData.FromString(stored)));

    private static string Write<T>(T? state) => new GrainStateSerializer().Serialize(state).ToString();

    private static IEnumerable<string> Describe(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Describe(document.RootElement, "")];
    }

    private static IEnumerable<string> Describe(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(property => Describe(property.Value, $"{path}.{property.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany((item, index) => Describe(item, $"{path}[{index}]")),
        _ => [$"{path} = {json.GetRawText()}"],
    };
}
