using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>
/// The built-in templates and the users' own, rendered in the caller's process, beside its requests. A user cannot store a template by a built-in
/// name, so a built-in one needs no read.
/// </summary>
internal sealed class PromptTemplates(
    BuiltInCatalog builtIn, TemplateDrafts drafts, TemplateCache cache, TemplateEngine engine, ITemplateRunner runner, IGrainFactory grains)
    : IPromptTemplates
{
    public async Task<ImmutableArray<PromptTemplate>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        var names = await grains.GetGrain<INamesGrain>(GrainKeys.TemplateNames(owner)).ListAsync().WaitAsync(cancellationToken);
        // Not from the cache: a list must not evict templates in use.
        var own = await Task.WhenAll(names.Select(name => GrainOf(owner, name).ReadAsync(known: null))).WaitAsync(cancellationToken);
        return
        [
            .. own.Select(reading => reading.Stored?.Template).OfType<PromptTemplate>()
                .Concat(builtIn.All.Select(prepared => prepared.Template))
                .OrderBy(template => template.Name, StringComparer.Ordinal),
        ];
    }

    public async ValueTask<FindOutcome> FindAsync(string owner, string name, CancellationToken cancellationToken) =>
        await PrepareAsync(owner, name, cancellationToken) switch
        {
            { Template: { } prepared } => new() { Template = prepared.Template },
            { Error: { } error } => new() { Error = error },
            _ => new() { Error = NoneAtPath(name) },
        };

    public async ValueTask<RenderOutcome> RenderAsync(
        string owner, string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken)
    {
        var found = await PrepareAsync(owner, name, cancellationToken);
        if (found.Template is not { } prepared)
        {
            return new() { Error = found.Error ?? TemplateErrors.NotFound(name) };
        }

        var rendering = runner.TryRunAsync(owner, token => Render(prepared, variables, token), cancellationToken);
        return rendering is null ? new() { Error = TemplateErrors.TooManyWaiting } : await rendering;
    }

    public Task<TemplatePut> PutAsync(string owner, string name, TemplateDraft draft) => drafts.CheckName(name) is { } refused
        ? Task.FromResult(new TemplatePut { Error = refused })
        : GrainOf(owner, name).PutAsync(draft);

    public async Task<ChatError?> DeleteAsync(string owner, string name)
    {
        if (drafts.CheckName(name) is { } refused)
        {
            return refused.Kind == ChatErrorKind.Conflict ? refused : NoneAtPath(name);
        }

        return await GrainOf(owner, name).DeleteAsync() ? null : NoneAtPath(name);
    }

    private ValueTask<TemplateFound> PrepareAsync(string owner, string name, CancellationToken cancellationToken)
    {
        if (builtIn.Find(name) is { } prepared)
        {
            return new(new TemplateFound(prepared, null));
        }

        return StoredName.Check("template", name) is null
            ? cache.FindAsync(GrainKeys.Template(owner, name), cancellationToken)
            : default;
    }

    private RenderOutcome Render(
        PreparedTemplate prepared, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken)
    {
        var (values, error) = prepared.Bind(variables ?? ImmutableDictionary<string, JsonElement>.Empty);
        if (error is not null)
        {
            return new() { Error = error };
        }

        var result = engine.Render(prepared.Compiled, values, cancellationToken);
        return result.Text is { } text
            ? new() { Message = ChatMessage.Create(prepared.Template.Role, text) }
            : new() { Error = result.Error };
    }

    private ITemplateGrain GrainOf(string owner, string name) => grains.GetGrain<ITemplateGrain>(GrainKeys.Template(owner, name));

    // In a path a name that there is not is not found; in a chat it is a parameter that is wrong.
    private static ChatError NoneAtPath(string name) =>
        TemplateErrors.NotFound(name) with { Kind = ChatErrorKind.NotFound, Param = "name" };
}
