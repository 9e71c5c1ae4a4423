using System.Collections.Immutable;
using System.Text.Json;
using Prism.Cache;
using Prism.Chat;
using Prism.Cluster;
using Prism.Providers;
using Prism.Templates;

namespace Prism.Tests;

/// <summary>Providers of which one can be used and is the default, one can be used, and one lacks its key.</summary>
internal sealed class ScriptedCatalog : IProviderCatalog
{
    public string Default => "echo";

    public ImmutableArray<ProviderStatus> Status { get; set; } =
    [
        new() { Name = "openai", Type = "openai", BaseUrl = "https://api.openai.com/v1", DefaultModel = "gpt-4o-mini", Models = ["gpt-4o-mini"], Missing = "LLM_OPENAI_API_KEY" },
        new() { Name = "ollama", Type = "ollama", BaseUrl = "http://localhost:11434", DefaultModel = "llama3.1", Models = ["llama3.1", "library/qwen3"] },
        new() { Name = "echo", Type = "echo", DefaultModel = "echo-v1", Models = ["echo-v1"] },
    ];

    public ImmutableArray<ProviderStatus> GetStatus() => Status;
}

/// <summary>One template, which renders to its variables.</summary>
internal sealed class ScriptedTemplates : IPromptTemplates
{
    private static readonly PromptTemplate Summarize = new()
    {
        Name = "summarize",
        Role = ChatRoles.User,
        Description = "Says a text in short.",
        Variables = [new() { Name = "text", Description = "The text." }, new() { Name = "words", Description = "How many.", Default = "50" }],
        Source = "In {{ words }} words: {{ text }}",
    };

    public RenderOutcome Outcome { get; set; } = new() { Message = ChatMessage.Create(ChatRoles.User, "In 50 words: <„Grüße“>") };

    public IReadOnlyDictionary<string, JsonElement>? LastVariables { get; private set; }

    public ValueTask<ImmutableArray<PromptTemplate>> ListAsync(CancellationToken cancellationToken) => new([Summarize]);

    public ValueTask<PromptTemplate?> FindAsync(string name, CancellationToken cancellationToken) =>
        new(name == Summarize.Name ? Summarize : null);

    public ValueTask<RenderOutcome> RenderAsync(
        string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken)
    {
        LastVariables = variables;
        return new(Outcome);
    }
}

/// <summary>A cache that can be cleared, unless the test says otherwise.</summary>
internal sealed class ScriptedCache : IResponseCache
{
    public bool IsEnabled { get; set; } = true;

    public ChatError? Error { get; set; }

    public int Cleared { get; private set; }

    public Task<ChatError?> ClearAsync(CancellationToken cancellationToken)
    {
        Cleared++;
        return Task.FromResult(Error);
    }
}

/// <summary>A cluster of one silo.</summary>
internal sealed class ScriptedCluster : IClusterView
{
    public ClusterStatus Status { get; set; } = new()
    {
        ClusterId = "prism",
        Self = "10.0.0.1:11111@7",
        Silos = [new() { Name = "prism-0", Address = "10.0.0.1:11111@7", Status = "active" }],
    };

    public ClusterStatus GetStatus() => Status;
}
