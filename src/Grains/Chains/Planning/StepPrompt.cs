using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>Renders a step's prompt.</summary>
internal static class StepPrompt
{
    /// <summary>The messages, or the error in the values of their variables.</summary>
    public static (ImmutableArray<ChatMessage> Messages, ChatError? Error) Render(
        TemplateEngine engine, PlannedStep step, StepValues values, JsonElement? item, CancellationToken cancellationToken)
    {
        var messages = ImmutableArray.CreateBuilder<ChatMessage>(2);
        var error = Add(ChatRoles.System, step.System);
        if (error is null && step.Stored is { } stored)
        {
            var (bound, wrong) = stored.Bind(values.OfStored(stored, item));
            error = wrong ?? Render(stored.Template.Role, stored.Compiled, bound);
        }

        error ??= Add(ChatRoles.User, step.Prompt);
        return (messages.ToImmutable(), error);

        ChatError? Add(string role, CompiledTemplate? template) => template is null
            ? null
            : Render(role, template, values.Of(template.Variables, item));

        ChatError? Render(string role, CompiledTemplate template, IEnumerable<KeyValuePair<string, JsonElement>> variables)
        {
            var result = engine.Patient.Render(template, variables, cancellationToken);
            if (result.Text is { } text)
            {
                messages.Add(ChatMessage.Create(role, text));
            }

            return result.Error;
        }
    }
}
