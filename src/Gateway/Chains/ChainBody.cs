using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chains;

/// <summary>
/// A stored chain as <c>GET /v1/chains/{name}</c> returns it and <c>PUT</c> takes it. <c>PUT</c> requires only <see cref="Steps"/>.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChainBody
{
    public string? Name { get; init; }

    public int? Version { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<string>? Variables { get; init; }

    public ImmutableArray<ChainStep>? Steps { get; init; }

    public Dictionary<string, JsonElement>? Inputs { get; init; }

    public int? MaxParallel { get; init; }

    /// <summary>The body of a stored chain.</summary>
    public static ChainBody Of(StoredChain chain) => new()
    {
        Name = chain.Summary.Name,
        Version = chain.Summary.Version,
        Description = chain.Summary.Description,
        Variables = chain.Summary.Variables,
        Steps = chain.Definition.Steps,
        Inputs = chain.Definition.Inputs,
        MaxParallel = chain.Definition.MaxParallel,
    };

    /// <summary>The first error that needs no planner to find, or null.</summary>
    public ChatError? Check(string name) => this switch
    {
        { Name: { } other } when other != name => ChatError.Invalid($"'name' must be that of the path, '{name}', or left out.", "name"),
        { Steps: null } => ChatError.Invalid("'steps' is missing.", "steps"),
        _ => null,
    };

    /// <summary>The chain to store.</summary>
    public ChainDraft ToDraft() => new()
    {
        Definition = new() { Steps = Steps.GetValueOrDefault([]), Inputs = Inputs, MaxParallel = MaxParallel },
        Description = Description,
        BasedOn = Version,
        Variables = Variables,
    };
}
