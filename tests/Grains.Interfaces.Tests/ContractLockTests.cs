using System.Reflection;
using System.Text;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests;

/// <summary>
/// The names and numbers that identify contracts between silos of different versions, and in storage. A change of <c>Contracts.txt</c> that
/// is not an addition breaks a rolling upgrade.
/// </summary>
public sealed class ContractLockTests
{
    [Fact]
    public void Contracts_are_as_they_were_reviewed()
    {
        var actual = Describe();
        // Beside the test's assembly: copy it over Contracts.txt where the change is meant.
        File.WriteAllText("Contracts.actual.txt", actual);

        Assert.Equal(File.ReadAllText("Contracts.txt"), actual);
    }

    [Fact]
    public void Every_property_of_a_contract_crosses()
    {
        var forgotten =
            from type in Contracts
            from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            where property.SetMethod is not null && property.GetCustomAttribute<IdAttribute>() is null
            select $"{type.Name}.{property.Name}";

        // Constants of the JSON, the same everywhere, and what is for the log of one process: a provider's words and a request's id.
        Assert.Equal(
            ["ChatChunk.ObjectType", "ChatError.Failure", "ChatRequest.RequestId", "ChatResponse.ObjectType"], forgotten.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_grain_interface_is_called_on_the_wire_by_its_alias()
    {
        var interfaces = typeof(ChatRequest).Assembly.GetTypes().Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)).ToList();

        Assert.NotEmpty(interfaces);
        // By default Orleans takes the alias too: silos of versions without the attribute send the same.
        Assert.All(interfaces, type => Assert.Equal(AliasOf(type), WireNameOf(type)));
    }

    private static string WireNameOf(Type type) =>
        (string)type.GetCustomAttributesData().Single(one => one.AttributeType == typeof(GrainInterfaceTypeAttribute)).ConstructorArguments[0].Value!;

    private static IEnumerable<Type> Contracts => typeof(ChatRequest).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null)
        .OrderBy(AliasOf, StringComparer.Ordinal);

    // The name on the wire and in storage. Where the type lives is free to change.
    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? "(no alias)";

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var type in Contracts)
        {
            text.Append(AliasOf(type)).Append('\n');
            foreach (var line in type.IsEnum ? DescribeEnum(type) : DescribeMembers(type))
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> DescribeEnum(Type type) =>
        Enum.GetNames(type).Select(name => $"{Convert.ToInt32(Enum.Parse(type, name), null)} {name}");

    private static IEnumerable<string> DescribeMembers(Type type) =>
        from member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let id = member.GetCustomAttribute<IdAttribute>()
        where id is not null
        orderby id.Id
        select $"{id.Id} {member.Name}: {Name(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}";

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
