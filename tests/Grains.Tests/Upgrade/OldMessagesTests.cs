using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Upgrade;

/// <summary>
/// A rolling upgrade has silos of two versions in one cluster: what one sends the other has to read. A file has the bytes of a contract in Base64,
/// and then what they said when they were written.
/// </summary>
public sealed class OldMessagesTests : IDisposable
{
    private const string Kind = "Messages";

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(ChatRequest).Assembly).AddAssembly(typeof(ChainGrain).Assembly))
        .BuildServiceProvider();

    private Serializer<object> Serializer => _services.GetRequiredService<Serializer<object>>();

    public static TheoryData<string> Files => [.. GoldenFiles.NamesOf(Kind)];

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_version_before_has_sent_says_what_it_said(string file)
    {
        var lines = GoldenFiles.Read(Kind, file).TrimEnd('\n').Split('\n');

        var read = Serializer.Deserialize(Convert.FromBase64String(lines[0]));

        // It may say more by now, of which the bytes know nothing.
        Assert.Empty(lines[1..].Except(Members.Describe(read)));
    }

    [Fact]
    public void Every_contract_is_kept() => GoldenFiles.AssertComplete(Kind, Contracts.ToDictionary(
        type => type.GetCustomAttribute<AliasAttribute>()!.Alias + ".txt",
        type => new Func<string>(() => Write(Sample.Of(type)!))));

    private static IEnumerable<Type> Contracts => new[] { typeof(ChatRequest).Assembly, typeof(ChainGrain).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null && !type.IsEnum && Members.Of(type).Count > 0);

    private string Write(object sample)
    {
        var bytes = Serializer.SerializeToArray(sample);
        // What a contract's own rules make of the sample is what the bytes say.
        var lines = Members.Describe(Serializer.Deserialize(bytes));
        return Convert.ToBase64String(bytes) + "\n" + string.Join('\n', lines) + "\n";
    }
}
